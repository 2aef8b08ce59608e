import type { Failure } from '#graph'
import { failureFrom, isFailure } from '../ui/failure.ts'

interface Answer {
  twoFactor?: boolean
  totpURI?: string
  backupCodes?: string[]
}

/** The routes that set cookies are plain HTTP. Never rejects. */
export async function askAuth(
  path: string,
  body: object,
): Promise<{ answer: Answer; failure: null } | { answer: null; failure: Failure }> {
  try {
    const response = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const told = (await response.json()) as Answer & { failure?: unknown }
    if (response.ok) return { answer: told, failure: null }
    return { answer: null, failure: isFailure(told.failure) ? told.failure : refusal(response.status) }
  } catch (error) {
    return { answer: null, failure: failureFrom(error) }
  }
}

const refusal = (status: number): Failure => ({
  code: 'session.refused',
  message: `The server refused (${status}).`,
  fix: 'Try again; if it keeps refusing, look in the server log.',
  retryable: false,
  facts: { status },
})
