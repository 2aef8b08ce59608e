import { createHash, randomBytes } from 'node:crypto'

const PREFIX = 'prk_'
const RANDOM_BYTES = 32
/** Enough to tell one's keys apart, and too little to be of use. */
const START_CHARACTERS = 8

/** As `Authorization: Bearer` carries it. Whoever gets `key` to see sees it once: only the rest is kept. */
export function newKey(): { key: string; hash: string; start: string } {
  const key = PREFIX + randomBytes(RANDOM_BYTES).toString('base64url')
  return { key, hash: hashOfKey(key), start: key.slice(0, START_CHARACTERS) }
}

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')
