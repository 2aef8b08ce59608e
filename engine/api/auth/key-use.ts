import type { FastifyBaseLogger } from 'fastify'
import type { KeyStore, Principal } from '#access'

const MINUTE_MS = 60_000

export interface KeyUse {
  /** Notes that a key was used, at most once a minute and after the answer: no request waits for it. */
  note(principal: Principal, from: string | null): void
  /** Waits for what is being noted. */
  settled(): Promise<void>
}

export function createKeyUse(keys: Pick<KeyStore, 'touch'>, log: FastifyBaseLogger): KeyUse {
  const noted = new Map<string, number>()
  const writing = new Set<Promise<void>>()
  return {
    note({ keyId, organisation }, from) {
      if (keyId === null) return
      const now = performance.now()
      const last = noted.get(keyId)
      if (last !== undefined && now - last < MINUTE_MS) return
      noted.set(keyId, now)
      const write = keys
        .touch(organisation.id, keyId, from)
        .catch((error: unknown) => log.warn({ err: error, keyId }, 'the use of a key could not be noted'))
        .finally(() => writing.delete(write))
      writing.add(write)
    },
    async settled() {
      await Promise.all(writing)
    },
  }
}
