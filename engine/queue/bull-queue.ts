/**
 * Hints on BullMQ, whichever backend carries them.
 *
 * Job: hand each hint to one handler at a time, soon. Boundary: BullMQ's job is only the envelope; no result, retry or
 * event of it is used, because Postgres is the truth and a hint may be lost or doubled at any time.
 *
 * R1: the job's id is `<stepId>-<attempt>`, so a doubled hint does nothing; it has one attempt and leaves no trace,
 * and a step that nobody took is hinted again by the reconciler.
 */
import { withBackend } from 'bullmq'
import type { BackendFactory, IQueueBackend, JobsOptions } from 'bullmq'
import { failureOf, PressroomError } from '#graph'
import type { At, Hint, Queue } from '#run/interfaces.ts'

export interface QueueLog {
  warn(facts: object, message: string): void
}

interface Connections<C> {
  /** Fails soon when the server is away: a hint that can't be added is the reconciler's business. */
  producer: C
  /** Waits for the server to come back. */
  consumer: C
}

const HINTS_PER_REQUEST = 500
/** A missed wake-up costs at most this. */
const POLL_SECONDS = 1
const RECONNECT_MS = 1_000
/** A worker that died with a hint in its hands gives it back after about two checks. */
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5_000
/** BullMQ's own event stream, which nothing here reads. */
const EVENTS_KEPT = 1_000

const ENVELOPE: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true }

/** A hint for later must not keep one for now from being added: the answer to a wait may come before its deadline. */
export const hintId = ({ stepId, attempt, delayMs = 0 }: Hint) =>
  `${stepId}-${attempt}${delayMs > 0 ? '-later' : ''}`

/** The error of a server that can't be used, whichever call met it. */
export const unreachable = (server: string, cause: unknown) =>
  new PressroomError(
    {
      code: 'queue.unreachable',
      message: `The queue on ${server} can't be used: ${messageOf(cause)}`,
      fix: `Check that ${server} is running and that its URL and password are right.`,
      retryable: true,
      facts: { server },
    },
    cause,
  )

// A connection refused on several addresses is an AggregateError, whose own message is empty.
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join('; ')
  return cause instanceof Error ? cause.message : String(cause)
}

export async function createBullQueue<B extends IQueueBackend, C>(
  name: string,
  factory: BackendFactory<B, C>,
  connections: Connections<C>,
  log: QueueLog,
  at: At,
): Promise<Queue> {
  const bull = withBackend(factory)
  const producer = new bull.Queue<Hint>(name, {
    connection: connections.producer,
    streams: { events: { maxLen: EVENTS_KEPT } },
  })
  // Said once: a server that is away is met again and again until it is back.
  let away = false
  const failed = (message: string) => (error: unknown) => {
    if (!away) log.warn({ queue: name, err: error }, message)
    away = true
  }
  producer.on('error', failed('queue connection failed'))
  await producer.waitUntilReady()

  let worker: InstanceType<typeof bull.Worker<Hint>> | null = null
  let closing: Promise<void> | null = null

  return {
    async add(hints) {
      for (let start = 0; start < hints.length; start += HINTS_PER_REQUEST) {
        const jobs = hints.slice(start, start + HINTS_PER_REQUEST).map((hint) => ({
          name: 'hint',
          data: hint,
          opts: { ...ENVELOPE, jobId: hintId(hint), delay: hint.delayMs ?? 0 },
        }))
        at('hints.leaving')
        await producer.addBulk(jobs)
        at('hints.added')
      }
    },

    async consume(concurrency, handler) {
      const handled = async ({ data: hint }: { data: Hint }) => {
        at('hint.taken', hint)
        await handler(hint)
        at('hint.handled', hint)
      }
      if (worker || closing) throw new Error(`queue ${name} is already consumed or closed`)
      worker = new bull.Worker<Hint>(name, handled, {
        connection: connections.consumer,
        concurrency,
        drainDelay: POLL_SECONDS,
        runRetryDelay: RECONNECT_MS,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
      })
      worker.on('error', failed('queue worker failed'))
      worker.on('active', () => void (away = false))
      worker.on('failed', (job, error) =>
        log.warn({ queue: name, hint: job?.data, failure: failureOf(error) }, 'hint handler failed'),
      )
      await worker.waitUntilReady()
    },

    async pause() {
      await worker?.pause(true)
    },

    close() {
      closing ??= (async () => {
        await worker?.close()
        await producer.close()
      })()
      return closing
    },
  }
}
