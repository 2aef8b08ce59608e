import { createHash, createHmac } from 'node:crypto'

/**
 * The tokens in the addresses that callbacks come to. A token follows from a key, so that the address can be shown for
 * as long as the step waits, though only its hash is stored.
 */
export interface CallbackTokens {
  token(step: { id: string; attempt: number }): string
  hash(token: string): string
}

/** `key`: 32 characters or more, the same in every process. */
export function createCallbackTokens(key: string): CallbackTokens {
  return {
    token: ({ id, attempt }) => createHmac('sha256', key).update(`${id}\n${attempt}`).digest('base64url'),
    hash: (token) => createHash('sha256').update(token).digest('hex'),
  }
}
