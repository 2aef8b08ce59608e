import { createHash } from 'node:crypto'
import type { Failure, Retry } from '#graph'
import type { StepRecord } from './interfaces.ts'

/** A step whose worker died this many times is parked as failed: it may be what kills them. */
export const MAX_LOST_WORKERS = 5
const MAX_DELAY_MS = 3_600_000
/** A server that asks for more patience than this is asked again before. */
const MAX_HINTED_MS = 60_000

/** Those that died with the same worker are tried apart from each other, so that the one that kills takes none with it. */
const APART_MS = 2_000

export const WORKER_LOST = 'step.worker_lost'

/** Attempts that failed by themselves; those that a lost worker cut short say nothing about the step. */
export function failedAttempts(step: StepRecord): number {
  return step.attempts.filter(({ failure }) => failure !== null && failure.code !== WORKER_LOST).length
}

/** Milliseconds until the next attempt, or null when this failure is final. A server's own hint goes first. */
export function retryDelay(step: StepRecord, failure: Failure, retry: Retry): number | null {
  if (!failure.retryable) return null
  const failed = failedAttempts(step)
  if (failed + 1 >= retry.attempts) return null
  const hinted = failure.facts['retryAfterMs']
  if (typeof hinted === 'number') return Math.min(Math.max(0, hinted), MAX_HINTED_MS)
  const delay = retry.firstDelaySeconds * 1_000 * retry.factor ** failed
  return Math.round(Math.min(delay * (1 + retry.jitter * swing(step.id, failed)), MAX_DELAY_MS))
}

/** R2: a number in [-1, 1) that follows from the step, so that steps that failed together don't come back together. */
function swing(stepId: string, failed: number): number {
  const drawn = createHash('sha256').update(`${stepId} ${failed}`).digest().readUInt32BE(0)
  return (drawn / 2 ** 32) * 2 - 1
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

/** Failures after which nobody knows how far the step had come. */
const CUT_SHORT = /^(sandbox\.(crashed|restarted|timeout|out_of_memory)|step\.timeout)$/

export const wasCutShort = ({ code }: Failure): boolean => CUT_SHORT.test(code)

export const timedOut = (seconds: number): Failure => ({
  code: 'step.timeout',
  message: `The step was not done after ${seconds} s and was stopped.`,
  fix: 'Give it more time in the node’s settings, or less to do.',
  retryable: true,
  facts: { timeoutSeconds: seconds },
})

export const uncertain = (cause: Pick<Failure, 'code' | 'message'>): Failure => ({
  code: 'step.uncertain',
  message: `Nobody knows whether this step did what it does outside: ${cause.message}`,
  fix: 'Look there, then run the step again or leave it.',
  retryable: false,
  facts: { cause: cause.code },
})

export const decided = (by: string): Pick<Failure, 'code' | 'message'> => ({
  code: 'step.decided',
  message: `${by} decided not to run it again.`,
})

export const ranTooLong = (minutes: number): Failure => ({
  code: 'limit.run_time',
  message: `The run was not over after the ${minutes} minutes that its flow allows.`,
  fix: 'Allow more time in the settings of the flow, or let it do less in one run.',
  retryable: false,
  facts: { timeoutMinutes: minutes },
})
