import type { Failure } from '#graph'
import type { StepRecord } from './interfaces.ts'

/** A retryable failure is tried this many times in all. */
export const MAX_ATTEMPTS = 3
/** A step whose worker died this many times is parked as failed: it may be what kills them. */
export const MAX_LOST_WORKERS = 5
const FIRST_DELAY_MS = 1_000
const DELAY_FACTOR = 3
const MAX_DELAY_MS = 60_000

/** Those that died with the same worker are tried apart from each other, so that the one that kills takes none with it. */
const APART_MS = 2_000

export const WORKER_LOST = 'step.worker_lost'

/** Attempts that failed by themselves; those that a lost worker cut short say nothing about the step. */
export function failedAttempts(step: StepRecord): number {
  return step.attempts.filter(({ failure }) => failure !== null && failure.code !== WORKER_LOST).length
}

/** Milliseconds until the next attempt, or null when this failure is final. A server's own hint goes first. */
export function retryDelay(step: StepRecord, failure: Failure): number | null {
  if (!failure.retryable) return null
  const failed = failedAttempts(step)
  if (failed + 1 >= MAX_ATTEMPTS) return null
  const hinted = failure.facts['retryAfterMs']
  const delay = typeof hinted === 'number' ? hinted : FIRST_DELAY_MS * DELAY_FACTOR ** failed
  return Math.min(Math.max(0, delay), MAX_DELAY_MS)
}

export function workerLost(step: StepRecord): { failure: Failure; delayMs: number | null } {
  const lost = step.attempts.filter((attempt) => attempt.failure?.code === WORKER_LOST).length + 1
  const again = lost < MAX_LOST_WORKERS
  // The id is a hash, so this is as good as chance and the same for whoever works it out.
  const apart = lost < 2 ? 0 : Number.parseInt(step.id.slice(-6), 16) % (lost * APART_MS)
  return {
    delayMs: again ? apart : null,
    failure: {
      code: WORKER_LOST,
      message: again
        ? 'The worker that ran this step stopped answering; another one takes over.'
        : `${lost} workers stopped while they ran this step, so it is not tried again.`,
      fix: again
        ? 'Nothing: finished model calls are not repeated.'
        : 'Look at what the step was given, then run it again.',
      retryable: again,
      facts: { worker: step.leaseOwner, lost },
    },
  }
}
