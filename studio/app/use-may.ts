import { type ComputedRef, computed } from 'vue'
import type { Permission } from '#access'
import { useSession } from './session.ts'

/** Whether whoever is signed in may do this, right now. The server decides; the studio only offers nothing in vain. */
export function useMay(permission: Permission): ComputedRef<boolean> {
  const session = useSession()
  return computed(() => session.permissions.has(permission))
}
