import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Permission, Standing } from '#access'
import type { Failure } from '#graph'
import { failureFrom, isSignedOut } from '../ui/failure.ts'
import { type Outputs, api } from './api.ts'
import { askAuth } from './auth-requests.ts'

export type Session = NonNullable<Outputs['session']['get']>
export type SessionState = 'unknown' | 'setup' | 'signed-out' | 'signed-in' | 'unreachable'

export const useSession = defineStore('session', () => {
  const state = ref<SessionState>('unknown')
  const current = shallowRef<Session | null>(null)
  /** How much waits for a decision of theirs. */
  const inbox = ref(0)
  /** What of this month's budget is used up or close to it, for those who set it. */
  const budget = shallowRef<Standing | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const permissions = computed<ReadonlySet<Permission>>(() => new Set(current.value?.permissions))
  const organisation = computed(() => current.value?.organisation.name ?? '')

  /** Who is here, asked once; `refresh` asks again. */
  async function ensure(): Promise<SessionState> {
    if (state.value === 'unknown' || state.value === 'unreachable') await refresh()
    return state.value
  }

  async function refresh(): Promise<void> {
    try {
      const [{ needed }, session] = await Promise.all([api.setup.status.query(), signedIn()])
      current.value = needed ? null : session
      state.value = needed ? 'setup' : current.value ? 'signed-in' : 'signed-out'
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
      state.value = 'unreachable'
    }
  }

  async function signedIn(): Promise<Session | null> {
    try {
      return await api.session.get.query()
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  }

  /** `twoFactor`: the password was right, and a code has to follow. */
  async function signIn(
    email: string,
    password: string,
  ): Promise<{ refused: Failure | null; twoFactor: boolean }> {
    const { answer, failure: refused } = await askAuth('sign-in/email', { email, password })
    if (refused) return { refused, twoFactor: false }
    if (answer.twoFactor) return { refused: null, twoFactor: true }
    await refresh()
    return { refused: failure.value, twoFactor: false }
  }

  /** Null when it worked. */
  async function signOut(): Promise<Failure | null> {
    const { failure: refused } = await askAuth('sign-out', {})
    if (!refused) await refresh()
    return refused ?? failure.value
  }

  return {
    state,
    current,
    inbox,
    budget,
    failure,
    organisation,
    permissions,
    ensure,
    refresh,
    signIn,
    signOut,
  }
})
