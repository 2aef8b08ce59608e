import { computed } from 'vue'
import { administers } from '../admin/sections.ts'
import { ADMIN, PLACES } from './places.ts'
import { useSession } from './session.ts'

/** Where the navigation leads whoever is signed in. */
export function usePlaces() {
  const session = useSession()
  return computed(() => (administers(session.permissions) ? [...PLACES, ADMIN] : PLACES))
}
