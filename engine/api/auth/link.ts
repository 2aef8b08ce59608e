import { createHash, randomBytes } from 'node:crypto'
import type { NewLink } from '#access'

const RANDOM_BYTES = 32

/** What a link for one person holds. Whoever makes it sees it once: only its hash is kept. */
export function newLink(validMs: number): { token: string; link: NewLink } {
  const token = randomBytes(RANDOM_BYTES).toString('base64url')
  return { token, link: { tokenHash: hashOfToken(token), expiresAt: new Date(Date.now() + validMs) } }
}

export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')
