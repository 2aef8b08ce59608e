import { onScopeDispose, watch } from 'vue'
import { useRouter } from 'vue-router'
import { api } from './api.ts'
import { authAnswered } from './auth-requests.ts'
import { useSession } from './session.ts'

/**
 * Keeps the session as the server knows it: a role that changes, a session that ends elsewhere. Only the tab in front
 * listens, because a browser holds few connections to one server.
 */
export function useLiveSession(): void {
  const session = useSession()
  const router = useRouter()
  let subscription: { unsubscribe(): void } | null = null

  function listen() {
    subscription?.unsubscribe()
    subscription = null
    if (session.state !== 'signed-in' || document.hidden) return
    subscription = api.session.follow.subscribe(undefined, {
      onData: ({ inbox, budget, ...told }) => {
        session.inbox = inbox
        session.budget = budget
        const elsewhere = told.organisation.id !== session.current?.organisation.id
        session.current = told
        // Another organisation was chosen in another tab: nothing on this page is of it.
        if (elsewhere) location.assign('/gallery')
        else if (told.lacksTwoFactor) void router.replace('/account')
      },
      onError: () => void ended(),
    })
  }

  async function ended() {
    // Says so itself, and keeps what is typed until somebody has signed in again.
    if (router.currentRoute.value.meta.holdsWork) return
    // A second factor that is turned on or off brings another session, and the news of the old one's end is faster.
    await authAnswered()
    await session.refresh()
    if (session.state === 'signed-in') return listen()
    if (session.state !== 'signed-out') return
    await router.replace({ path: '/sign-in', query: { to: router.currentRoute.value.fullPath } })
  }

  document.addEventListener('visibilitychange', listen)
  watch(() => session.state, listen, { immediate: true })
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', listen)
    subscription?.unsubscribe()
  })
}
