import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Permission } from '#access'
import type { Failure } from '#graph'
import { failureFrom, isSignedOut } from '../ui/failure.ts'
import { type Outputs, api } from './api.ts'

export type Session = NonNullable<Outputs['session']['get']>
export type SessionState = 'unknown' | 'setup' | 'signed-out' | 'signed-in' | 'unreachable'

export const useSession = defineStore('session', () => {
  const state = ref<SessionState>('unknown')
  const current = shallowRef<Session | null>(null)
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

  /** Null when it worked. */
  async function signIn(email: string, password: string): Promise<Failure | null> {
    const refused = await post('/api/auth/sign-in/email', { email, password })
    if (!refused) await refresh()
    return refused ?? failure.value
  }

  async function signOut(): Promise<Failure | null> {
    const refused = await post('/api/auth/sign-out', {})
    if (!refused) await refresh()
    return refused ?? failure.value
  }

  return { state, current, failure, organisation, permissions, ensure, refresh, signIn, signOut }
})

async function post(path: string, body: unknown): Promise<Failure | null> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return response.ok ? null : refusal(response.status)
  } catch (error) {
    return failureFrom(error)
  }
}

function refusal(status: number): Failure {
  const [message, fix] =
    status === 401
      ? ['This e-mail address and password do not belong together.', 'Check both and try again.']
      : status === 429
        ? ['There were too many attempts in a short time.', 'Wait a minute, then try again.']
        : [`The server refused (${status}).`, 'Try again; if it keeps refusing, look in the server log.']
  return {
    code: `session.refused`,
    message: message ?? '',
    fix: fix ?? '',
    retryable: status === 429,
    facts: { status },
  }
}
