import type { Failure } from '#graph'
import { failureFrom, isFailure } from '../ui/failure.ts'

interface Answer {
  twoFactor?: boolean
  totpURI?: string
  backupCodes?: string[]
}

type Answered = { answer: Answer; failure: null } | { answer: null; failure: Failure }

const asking = new Set<Promise<Answered>>()

/** The routes that set cookies are plain HTTP. Never rejects. */
export async function askAuth(path: string, body: object): Promise<Answered> {
  const asked = ask(path, body)
  asking.add(asked)
  try {
    return await asked
  } finally {
    asking.delete(asked)
  }
}

/** Resolves when no answer is under way that may bring another session. */
export async function authAnswered(): Promise<void> {
  await Promise.all(asking)
}

async function ask(path: string, body: object): Promise<Answered> {
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
