import { createHash, createHmac } from 'node:crypto'

/**
 * The tokens in the addresses that callbacks come to. A token follows from a key, so that the address can be shown for
 * as long as the step waits, though only its hash is stored.
 */
export interface CallbackTokens {
  token(step: { stepId: string; attempt: number }): string
  hash(token: string): string
  /** The token with this hash, as long as the key that it was made with is known. */
  matching(step: { stepId: string; attempt: number }, tokenHash: string): string | null
}

/** `keys`: 32 characters or more each, the same in every process; the first makes new tokens. */
export function createCallbackTokens(...keys: [string, ...string[]]): CallbackTokens {
  const hash = (token: string) => createHash('sha256').update(token).digest('hex')
  const made = (key: string, { stepId, attempt }: { stepId: string; attempt: number }) =>
    createHmac('sha256', key).update(`${stepId}\n${attempt}`).digest('base64url')
  return {
    hash,
    token: (step) => made(keys[0], step),
    matching: (step, tokenHash) =>
      keys.map((key) => made(key, step)).find((token) => hash(token) === tokenHash) ?? null,
  }
}
