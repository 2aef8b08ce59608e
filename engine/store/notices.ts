/**
 * Who watches what on a channel of Postgres. One connection listens for ids (nothing else is in a notification) and
 * calls back the watchers of that id. After every connect, all watchers are called: they may have missed something
 * meanwhile.
 */
import pg from 'pg'

const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 5_000

export interface Notices {
  watch(id: string, onChange: () => void): () => void
  close(): Promise<void>
}

/** Connects when the first watcher comes. `onError` hears of lost connections; they are made again by themselves. */
export function createNotices(
  connectionString: string,
  channel: 'run_events' | 'pressroom_access',
  onError: (error: unknown) => void,
): Notices {
  const watchers = new Map<string, Set<() => void>>()
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | null = null
  let retryMs = FIRST_RETRY_MS
  let closed = false

  const call = (callbacks: Iterable<() => void>) => {
    for (const callback of Array.from(callbacks)) {
      try {
        callback()
      } catch (error) {
        onError(error)
      }
    }
  }

  const lost = (from: pg.Client, error?: unknown) => {
    if (client !== from) return
    client = null
    if (closed) return
    if (error !== undefined) onError(error)
    retry = setTimeout(connect, retryMs)
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
    from.end().catch(onError)
  }

  function connect(): void {
    retry = null
    const own = new pg.Client({ connectionString, keepAlive: true, application_name: 'pressroom-watch' })
    client = own
    own.on('error', (error) => lost(own, error))
    own.on('end', () => lost(own))
    own.on('notification', ({ payload }) => call(watchers.get(payload ?? '') ?? []))
    own
      .connect()
      .then(() => own.query(`LISTEN ${channel}`))
      .then(() => {
        retryMs = FIRST_RETRY_MS
        for (const callbacks of watchers.values()) call(callbacks)
      })
      .catch((error) => lost(own, error))
  }

  return {
    watch(id, onChange) {
      // A function of its own for each watcher, so that the same callback may watch twice.
      const callback = () => onChange()
      const callbacks = watchers.get(id) ?? new Set()
      watchers.set(id, callbacks.add(callback))
      if (!client && !retry && !closed) connect()
      return () => {
        callbacks.delete(callback)
        if (callbacks.size === 0 && watchers.get(id) === callbacks) watchers.delete(id)
      }
    },

    async close() {
      closed = true
      watchers.clear()
      if (retry) clearTimeout(retry)
      const open = client
      client = null
      await open?.end()
    },
  }
}
