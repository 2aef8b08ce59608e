import type { Clock } from './interfaces.ts'

/** The end of a step that its chain goes on from waits this long for the next ones, to be committed with them. */
const GATHER_MS = 40

/** Ends of steps that are to be committed together. */
export interface Gathering {
  over: Promise<void>
  end(): void
}

/** Resolves for all who wait for it in the order in which they came. */
export function gather(clock: Clock, onEnd: () => void): Gathering {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const end = () => {
    cancel()
    onEnd()
    resolve()
  }
  const cancel = clock.after(GATHER_MS, end)
  return { over, end }
}
