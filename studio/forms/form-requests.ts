import type { BriefField, BriefInput, Failure } from '#graph'
import { failureFrom, isFailure } from '../ui/failure.ts'

export interface AskedForm {
  title: string
  intro: string
  access: 'public' | 'members'
  fields: BriefField[]
}

interface Sent {
  thanks: string
  runId: string | null
}

type Answered<T> = { answer: T; failure: null } | { answer: null; failure: Failure }

/** Plain requests: whoever fills in a public form has no account and no session. Neither ever rejects. */
export const askForm = (path: string) => ask<AskedForm>(path)
export const sendForm = (path: string, answers: { submission: string; brief: BriefInput }) =>
  ask<Sent>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answers),
  })

async function ask<T>(path: string, init: RequestInit = {}): Promise<Answered<T>> {
  try {
    const response = await fetch(`/api/forms/${encodeURIComponent(path)}`, init)
    const told = (await response.json()) as T & { failure?: unknown }
    if (response.ok) return { answer: told, failure: null }
    if (isFailure(told.failure)) return { answer: null, failure: told.failure }
    throw new Error(`the server answered ${response.status}`)
  } catch (error) {
    return { answer: null, failure: failureFrom(error) }
  }
}

/** By what any page may use: `crypto.randomUUID` is there for encrypted pages only. */
export function newSubmission(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
