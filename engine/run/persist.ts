import { failureOf } from '#graph'
import type { Clock } from './interfaces.ts'

const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 2_000
/** Whatever is not written by then is done again by whoever takes the step next. */
const PATIENCE_MS = 5 * 60_000

/**
 * Writes what is done and would otherwise have to be done again, through a time in which the store is away. Doing so
 * is safe because every write of a step is fenced (R3): the second of two finds that the first one came through.
 */
export async function persist<T>(clock: Clock, signal: AbortSignal, write: () => Promise<T>): Promise<T> {
  const deadline = clock.now() + PATIENCE_MS
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
    try {
      return await write()
    } catch (error) {
      const away = failureOf(error).code === 'store.unavailable'
      if (!away || signal.aborted || clock.now() > deadline) throw error
    }
    await pause(clock, delayMs, signal)
  }
}

/** Resolves after `ms` or when the signal is given. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    const onAbort = () => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
