import { cutOff } from './cut-off.ts'
import { Wake } from './wake.ts'

/**
 * Yields what `work` reports, always the newest: a reader that is slower than the work misses values but never the last
 * one. A reader that leaves aborts the work; work that fails fails the reader.
 */
export async function* latestOf<T>(
  work: (emit: (value: T) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const leaving = new AbortController()
  const aborted = AbortSignal.any([signal, leaving.signal])
  const wake = new Wake()
  let latest: { value: T } | null = null
  let ended: { failed: boolean; reason?: unknown } | null = null
  const emit = (value: T) => {
    latest = { value }
    wake.wake()
  }
  const end = (outcome: { failed: boolean; reason?: unknown }) => {
    ended = outcome
    wake.wake()
  }
  const take = () => {
    const taken = latest
    latest = null
    return taken
  }
  const outcome = () => ended
  work(emit, aborted).then(
    () => end({ failed: false }),
    (reason: unknown) => end({ failed: true, reason }),
  )
  try {
    while (!signal.aborted) {
      const taken = take()
      if (taken) yield taken.value
      else if (outcome()?.failed) throw outcome()?.reason
      else if (outcome()) return
      else await wake.wait(signal)
    }
    throw cutOff()
  } finally {
    leaving.abort()
  }
}
