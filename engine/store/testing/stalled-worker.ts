import { createCallbackTokens } from '#run/callback-tokens.ts'
import { Committer } from '#run/committer.ts'
import { Executor } from '#run/executor.ts'
import type { RunStore, SandboxResult } from '#run/interfaces.ts'
import { RunCache } from '#run/run-cache.ts'
import { expect } from 'vitest'

export interface Begun {
  runId: string
  end(): void
}

interface Held {
  name?: string
  /** Holds commits of these runs back until it resolves. */
  gate?: (runIds: string[]) => Promise<void>
  /** Its hints go nowhere. */
  losesHints?: boolean
}

/** A worker whose steps end when the test says so, and whose queue gives its hints back to it. */
export function stalledWorker(
  store: RunStore,
  concurrency: number,
  { name = 'w', gate = async () => {}, losesHints = false }: Held = {},
) {
  const begun: Begun[] = []
  const gated: Pick<RunStore, 'transact'> = {
    async transact(batch) {
      await gate(batch.map(({ runId }) => runId))
      return store.transact(batch)
    },
  }
  const executor: Executor = new Executor({
    worker: name,
    concurrency,
    store,
    committer: new Committer(gated),
    cache: new RunCache(store),
    queue: {
      async add(hints) {
        for (const hint of losesHints ? [] : hints) executor.offer(hint)
      },
      consume: async () => {},
      pause: async () => {},
      close: async () => {},
    },
    sandbox: {
      manifests: () => [],
      run({ runId }) {
        const { promise, resolve } = Promise.withResolvers<SandboxResult>()
        const outputs = [{ port: 'out', label: '', value: 1 }]
        begun.push({ runId, end: () => resolve({ ok: true, outputs }) })
        return promise
      },
      forget: () => {},
      close: async () => {},
    },
    gateway: { generate: () => Promise.reject(new Error('no model is called')) },
    clock: {
      now: () => performance.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    callbacks: createCallbackTokens('key'),
    log: { error: () => {}, info: () => {} },
  })
  const count = async (n: number) => {
    await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(n)
  }
  const stop = async () => {
    const stopped = executor.stop()
    for (const { end } of begun) end()
    await stopped
  }
  return { executor, begun, count, stop }
}
