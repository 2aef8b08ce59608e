import { computed } from 'vue'
import { administers } from '../admin/sections.ts'
import { ADMIN, INBOX, PLACES } from './places.ts'
import { useSession } from './session.ts'

const MAX_SHOWN = 99

interface Place {
  path: string
  name: string
  icon: string
  /** How much waits there, in figures and in words. */
  waiting?: { figure: string; words: string } | null
}

/** Where the navigation leads whoever is signed in. */
export function usePlaces() {
  const session = useSession()
  const waiting = computed(() => {
    const { inbox } = session
    const figure = inbox > MAX_SHOWN ? `${MAX_SHOWN}+` : String(inbox)
    return inbox === 0 ? null : { figure, words: `${figure} waiting for you` }
  })
  return computed((): Place[] => [
    ...PLACES,
    ...(session.permissions.has('approval:decide') ? [{ ...INBOX, waiting: waiting.value }] : []),
    ...(administers(session.permissions) ? [ADMIN] : []),
  ])
}
