/**
 * A worker: an executor with its heartbeat and its reconciler.
 *
 * R1: the queue may lose everything. The reconciler looks in Postgres for ready steps that nobody took and for running
 * ones whose lease ran out, and brings both back.
 */
import { Executor, type ExecutorParts } from './executor.ts'
import type { Clock, Retention, StepRef } from './interfaces.ts'
import { LEASE_SECONDS } from './change.ts'

const HEARTBEAT_MS = (LEASE_SECONDS * 1_000) / 4
/** How often a worker asks whether one of its runs was cancelled elsewhere. */
const CANCEL_MS = 250
const RECONCILE_MS = 2_000
/** A ready step is left to the queue for this long before it is looked at again. */
const FORGOTTEN_MS = 3_000
const BATCH = 500
/** Keys of requests whose time is over. */
const FORGET_MS = 60_000
/** Retention is counted in days, so nobody minds a quarter of an hour. */
const SWEEP_MS = 15 * 60_000

export interface Worker {
  executor: Executor
  /** Stops taking steps, gives back the running ones, ends the timers. */
  stop(): Promise<void>
}

export interface WorkerParts extends ExecutorParts {
  retention: Retention
}

export async function startWorker(parts: WorkerParts): Promise<Worker> {
  const { store, queue, clock, log, retention } = parts
  const executor = new Executor(parts)

  const heartbeat = repeat(clock, HEARTBEAT_MS, log, () => executor.heartbeat(LEASE_SECONDS))
  const cancellations = repeat(clock, CANCEL_MS, log, async () => {
    const active = executor.activeRuns()
    for (const runId of active.length > 0 ? await store.cancelledRuns(active) : []) executor.abortRun(runId)
  })
  const reconcile = async (olderThanMs: number) => {
    for (const lost of await store.lostLeases(BATCH)) {
      // One run that can't be mended keeps nobody from the others.
      await executor
        .expire(lost)
        .catch((error: unknown) => log.error({ err: error, ...lost }, 'a lost step could not be given back'))
    }
    for (const overdue of await store.overdueRuns(BATCH)) {
      await executor
        .endOverdue(overdue)
        .catch((error: unknown) => log.error({ err: error, ...overdue }, 'an overdue run could not be ended'))
    }
    const runs = [
      ...(await store.dueWaits(BATCH)),
      ...onePerRun(await store.forgottenSteps(olderThanMs, BATCH)),
    ]
    // What there is room for needs no queue, which may be what lost them. The rest goes to whoever is free first.
    const taken = runs.slice(0, executor.room())
    for (const hint of taken) {
      executor
        .handle(hint)
        .catch((error: unknown) => log.error({ err: error, ...hint }, 'a forgotten step could not be taken'))
    }
    if (runs.length > taken.length) executor.hint(runs.slice(taken.length))
  }
  const reconciler = repeat(clock, RECONCILE_MS, log, () => reconcile(FORGOTTEN_MS))
  const forgetting = repeat(clock, FORGET_MS, log, async () => {
    while ((await store.forgetRequests(BATCH)) === BATCH);
  })
  let stopping = false
  const sweeper = repeat(clock, SWEEP_MS, log, async () => {
    const removed = await retention.sweep(() => !stopping)
    if (removed.runs + removed.logs > 0) log.info(removed, 'what is no longer kept was deleted')
  })

  await queue.consume(parts.concurrency, (hint) => executor.handle(hint))
  await reconcile(0)

  return {
    executor,
    async stop() {
      heartbeat()
      cancellations()
      reconciler()
      forgetting()
      stopping = true
      sweeper()
      // Others are to have the hints that come while this one lets its steps end.
      await queue.pause().catch((error: unknown) => log.error({ err: error }, 'the queue could not be left'))
      await executor.stop()
    },
  }
}

/** A hint at one step of a run makes a worker look at all that is ready in it. */
function onePerRun(steps: StepRef[]): StepRef[] {
  return [...new Map(steps.map((step) => [step.runId, step])).values()]
}

/** Runs a duty again and again, each time `ms` after the last one ended. Returns a function that ends it. */
export function repeat(
  clock: Clock,
  ms: number,
  log: Pick<ExecutorParts['log'], 'error'>,
  duty: () => Promise<void>,
): () => void {
  let stopped = false
  let cancelNext = () => {}
  const next = () => {
    if (!stopped) cancelNext = clock.after(ms, run)
  }
  const run = () => {
    duty()
      .catch((error: unknown) =>
        log.error({ err: error }, 'a duty of the worker failed and will be tried again'),
      )
      .finally(next)
  }
  next()
  return () => {
    stopped = true
    cancelNext()
  }
}
