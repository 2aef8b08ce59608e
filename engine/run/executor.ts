/**
 * Runs steps. A hint says where to look (R1); the executor takes ready steps under the run's lock, runs each in the
 * sandbox, commits its outcome together with what follows from it (R3) and goes on with the next ready step itself
 * (R7). Everything outside (store, queue, sandbox, gateway, clock) is in `interfaces.ts`.
 */
import { type Failure, failureOf, itemBound } from '#graph'
import type { CompiledRun } from './change.ts'
import type { CallbackTokens } from './callback-tokens.ts'
import type { Committer } from './committer.ts'
import type {
  CallContext,
  Clock,
  Gateway,
  Hint,
  HostPort,
  Json,
  ModelCall,
  OutputRecord,
  Queue,
  RunRef,
  RunStore,
  Sandbox,
  SandboxResult,
  StepRecord,
} from './interfaces.ts'
import { RUN_PAUSED } from './journal.ts'
import { itemInDoubt } from './item-in-doubt.ts'
import { located } from './located.ts'
import { persist } from './persist.ts'
import { failedAttempts, ranTooLong, timedOut } from './retry.ts'
import type { RunCache } from './run-cache.ts'
import { stepInput } from './step-input.ts'
import type { Followed } from './followed.ts'
import { type Outcome, expire, finish } from './step-end.ts'
import { look, reportProgress, stop } from './transitions.ts'

/** Ready steps looked at beyond this worker's room, so that one waiting for a local slot hides no external one. */
const LOOKAHEAD = 500
/** More than a run can have. */
const EVERY_STEP = 1_000_000
/** About as long as a commit takes. */
const CLAIM_MS = 20

/** Why a step is stopped: its run was cancelled, it took too long, or it goes back as it was, for whoever takes it next. */
const CANCELLED = 'cancelled'
const TIMED_OUT = 'timed out'
const GIVEN_BACK = 'given back'

export interface ExecutorParts {
  worker: string
  concurrency: number
  store: RunStore
  committer: Committer
  cache: RunCache
  queue: Queue
  sandbox: Sandbox
  gateway: Gateway
  clock: Clock
  callbacks: CallbackTokens
  log: { error(facts: object, message: string): void; info(facts: object, message: string): void }
}

interface Running {
  step: StepRecord
  abort: AbortController
  done: Promise<void>
}

export class Executor {
  readonly #parts: ExecutorParts
  readonly #running = new Set<Running>()
  /** Hints being handled, each until everything taken because of it has ended. */
  readonly #handling = new Set<Promise<void>>()
  /** Steps that are being claimed and do not run yet: they have their place already. */
  #reserved = 0
  readonly #stop = new AbortController()

  constructor(parts: ExecutorParts) {
    this.#parts = parts
  }

  /** Ids of runs that this worker is working on. */
  activeRuns(): string[] {
    return [...new Set([...this.#running].map(({ step }) => step.runId))]
  }

  /** Keeps the leases of the steps that run here. Any other step of this worker's was lost sight of and may be taken. */
  async heartbeat(leaseSeconds: number): Promise<void> {
    const { store, worker } = this.#parts
    const steps = [...this.#running].map(({ step }) => step.id)
    await store.heartbeat(worker, steps, leaseSeconds)
  }

  /** Looks at the hinted step's run and takes what is ready. Resolves when everything taken from it has ended. */
  async handle(hint: Hint): Promise<void> {
    const handled = this.#handle(hint)
    this.#handling.add(handled)
    try {
      await handled
    } finally {
      this.#handling.delete(handled)
    }
  }

  async #handle(hint: Hint): Promise<void> {
    while (this.room() === 0 && !this.#stop.signal.aborted) await this.#nextEnd()
    if (this.#stop.signal.aborted) return
    const compiled = await this.#parts.cache.get(hint.organisationId, hint.runId)
    const followed = await this.#transact(hint, compiled, [hint.stepId], (run) =>
      look(run, compiled, this.#parts.worker, this.room()),
    )
    await Promise.all(this.#follow(compiled, followed, []))
  }

  /** A step whose lease ran out goes to whoever takes it next. */
  async expire(hint: Hint): Promise<void> {
    const { cache, committer, store } = this.#parts
    const compiled = await cache.get(hint.organisationId, hint.runId)
    const item = await itemInDoubt({ store, committer }, compiled, hint)
    const followed = await this.#transact(hint, compiled, [hint.stepId], (run) =>
      expire(run, compiled, hint, item),
    )
    this.#leave(compiled, followed)
  }

  /** A run that was given no more time ends. Its running steps are stopped as those of a cancelled one are. */
  async endOverdue(run: RunRef): Promise<void> {
    const compiled = await this.#parts.cache.get(run.organisationId, run.runId)
    const minutes = compiled.snapshot.flow.limits.timeoutMinutes ?? 0
    await this.#parts.committer.commit({
      ...run,
      stepIds: [],
      wantReady: EVERY_STEP,
      delayedToo: true,
      waitingToo: true,
      apply: (locked) => stop(locked, compiled, ranTooLong(minutes)).writes,
    })
    this.abortRun(run.runId)
  }

  /** Stops this worker's calls in flight for a run that was cancelled. */
  abortRun(runId: string): void {
    for (const { step, abort } of this.#running) if (step.runId === runId) abort.abort(CANCELLED)
  }

  /** Takes nothing new and gives running steps back. Finished model calls stay finished. */
  async stop(): Promise<void> {
    this.#stop.abort()
    for (const { step, abort } of this.#running) {
      const compiled = await this.#parts.cache.get(step.organisationId, step.runId)
      // What must happen once is given the time that is left rather than cut short.
      if (compiled.flow.nodes.get(step.nodeId)?.manifest.effect !== 'once') abort.abort(GIVEN_BACK)
    }
    await Promise.allSettled(this.#handling)
  }

  /** Resolves when any running step ends, or when one that was being claimed has been or could not be. */
  async #nextEnd(): Promise<void> {
    if (this.#running.size > 0) await Promise.race([...this.#running].map(({ done }) => done))
    else await new Promise<void>((resolve) => this.#parts.clock.after(CLAIM_MS, resolve))
  }

  /** How many more steps it can take. */
  room(): number {
    if (this.#stop.signal.aborted) return 0
    return Math.max(0, this.#parts.concurrency - this.#running.size - this.#reserved)
  }

  async #transact(
    at: { organisationId: string; runId: string },
    compiled: CompiledRun,
    stepIds: string[],
    change: (run: Parameters<typeof look>[0]) => Followed,
    want = LOOKAHEAD,
  ): Promise<Followed> {
    let followed: Followed | undefined
    const reserve = (next: Followed | undefined) => {
      this.#reserved += (next?.claimed.length ?? 0) - (followed?.claimed.length ?? 0)
      followed = next
    }
    try {
      await this.#parts.committer.commit({
        organisationId: compiled.snapshot.organisationId,
        runId: at.runId,
        stepIds,
        wantReady: want,
        apply(run) {
          reserve(undefined)
          const next = change(run)
          reserve(next)
          return next.writes
        },
      })
    } catch (error) {
      reserve(undefined)
      throw error
    }
    if (!followed) throw new Error(`the store applied no transition to run ${at.runId}`)
    return followed
  }

  /** Runs what was taken. */
  #follow(compiled: CompiledRun, followed: Followed, items: OutputRecord[]): Promise<void>[] {
    this.#leave(compiled, followed)
    if (followed.ended) this.#parts.cache.forget(compiled.snapshot)
    this.#reserved -= followed.claimed.length
    return followed.claimed.map((step) =>
      this.#start(
        compiled,
        step,
        items.find((item) => item.id === step.inputId),
      ),
    )
  }

  /** Hints at what others may take, now or later. */
  #leave(compiled: CompiledRun, followed: Followed): void {
    const { organisationId, id: runId } = compiled.snapshot
    const hints: Hint[] = followed.left
      .slice(0, this.#parts.concurrency * 4)
      .map((step) => ({ organisationId, runId, stepId: step.id, attempt: step.attempt }))
    if (followed.later) {
      const { step, delayMs } = followed.later
      const hint = { organisationId, runId, stepId: step.id, attempt: step.attempt, delayMs }
      hints.push(hint)
    }
    if (hints.length > 0) this.hint(hints)
  }

  /** Puts hints into the queue. Failing to is no loss (R1): the reconciler finds the steps. */
  hint(hints: Hint[]): void {
    this.#parts.queue.add(hints).catch((error: unknown) => {
      this.#parts.log.error(
        { err: error, hints: hints.length },
        'hints could not be queued; the reconciler will find them',
      )
    })
  }

  #start(compiled: CompiledRun, step: StepRecord, item: OutputRecord | undefined): Promise<void> {
    const abort = new AbortController()
    if (this.#stop.signal.aborted) abort.abort(GIVEN_BACK)
    const done = this.#work(compiled, step, item, abort)
      .catch((error: unknown) => {
        // The lease runs out and the step is taken again; its finished calls are in the journal.
        this.#parts.log.error(
          { err: error, runId: step.runId, stepId: step.id },
          'a step could not be concluded',
        )
      })
      .then((next) => {
        this.#running.delete(running)
        return next ?? []
      })
    const chain = done.then(async (next) => {
      await Promise.all(next.map((start) => start()))
    })
    const running: Running = { step, abort, done: done.then(() => undefined) }
    this.#running.add(running)
    return chain
  }

  async #work(
    compiled: CompiledRun,
    step: StepRecord,
    item: OutputRecord | undefined,
    abort: AbortController,
  ) {
    const outcome = await this.#outcome(compiled, step, item, abort)
    const followed = await persist(this.#parts.clock, this.#stop.signal, () =>
      this.#conclude(compiled, step, outcome),
    )
    return [() => Promise.all(this.#follow(compiled, followed, followed.outputs))]
  }

  /** A result that the store refuses for what it holds is a failure of its step. */
  async #conclude(compiled: CompiledRun, step: StepRecord, outcome: Outcome): Promise<Followed> {
    const holder = { worker: this.#parts.worker, stepId: step.id, attempt: step.attempt }
    // The step that ends makes room for the one that follows it.
    const room = () => (this.#stop.signal.aborted ? 0 : this.room() + 1)
    const end = (how: Outcome) =>
      this.#transact(step, compiled, [step.id], (run) => finish(run, compiled, holder, how, room()))
    try {
      return await end(outcome)
    } catch (error) {
      const failure = failureOf(error)
      if (outcome.kind === 'failed' || outcome.kind === 'released' || failure.retryable) throw error
      return end({
        kind: 'failed',
        failure: located(failure, compiled, step),
        durationMs: outcome.durationMs,
      })
    }
  }

  async #outcome(
    compiled: CompiledRun,
    step: StepRecord,
    item: OutputRecord | undefined,
    abort: AbortController,
  ): Promise<Outcome> {
    const { signal } = abort
    const { callbacks, clock, sandbox, store } = this.#parts
    const startedAt = clock.now()
    const seconds = compiled.flow.nodes.get(step.nodeId)?.node.settings?.timeoutSeconds
    const inTime = seconds && clock.after(seconds * 1_000, () => abort.abort(TIMED_OUT))
    let given: Json = null
    let result: SandboxResult
    try {
      const input = await stepInput(store, compiled, step, item)
      given = Object.values(input.inputs)[0] ?? null
      result = await sandbox.run(input, this.#host(compiled, step, abort), signal)
    } catch (error) {
      result = { ok: false, failure: failureOf(error) }
    }
    if (inTime) inTime()
    if (seconds && !result.ok && signal.reason === TIMED_OUT) result.failure = timedOut(seconds)
    if (signal.reason === GIVEN_BACK) return { kind: 'released' }
    const durationMs = Math.round(clock.now() - startedAt)
    const failure = result.ok ? tooMany(compiled, step, result.outputs) : result.failure
    if (failure) return { kind: 'failed', failure: located(failure, compiled, step), durationMs, item: given }
    const { outputs, wait } = result.ok ? result : { outputs: [] }
    if (!wait) return { kind: 'succeeded', outputs, durationMs }
    const tokenHash =
      wait.kind === 'callback'
        ? callbacks.hash(callbacks.token({ stepId: step.id, attempt: step.attempt }))
        : null
    return { kind: 'waiting', wait, tokenHash, durationMs }
  }

  #host(compiled: CompiledRun, step: StepRecord, abort: AbortController): HostPort {
    const { gateway, log, worker } = this.#parts
    const context = callContext(compiled, step, abort.signal)
    const generate = async (call: ModelCall): ReturnType<HostPort['generate']> => {
      try {
        return { ok: true, reply: await gateway.generate(call, context) }
      } catch (error) {
        const failure = failureOf(error)
        // No call of the step is in flight now; those that are finished are not made again when it goes on.
        if (failure.code === RUN_PAUSED) abort.abort(GIVEN_BACK)
        return { ok: false, failure }
      }
    }
    // A step holds one model slot, so its calls go one after the other, however many it asks for at once.
    let last: Promise<unknown> = Promise.resolve()
    return {
      generate(call) {
        const reply = last.then(() => generate(call))
        last = reply
        return reply
      },
      log: (message, facts) =>
        log.info({ runId: step.runId, stepId: step.id, nodeId: step.nodeId, facts }, message),
      progress: (message) => {
        const holder = { worker, stepId: step.id, attempt: step.attempt }
        this.#transact(
          step,
          compiled,
          [step.id],
          (run) => reportProgress(run, compiled, holder, message),
          0,
        ).catch((error: unknown) => log.error({ err: error, stepId: step.id }, 'progress was not written'))
      },
    }
  }
}

function callContext({ snapshot, planned }: CompiledRun, step: StepRecord, signal: AbortSignal): CallContext {
  const { organisationId, runId, nodeId, path, label, attempt } = step
  return {
    organisationId,
    runId,
    step: { organisationId, runId, stepId: step.id, attempt, nodeId, path, label },
    seed: snapshot.seed,
    catalog: snapshot.catalog,
    maxCalls: planned(nodeId, path).maxCalls,
    failedAttempts: failedAttempts(step),
    signal,
  }
}

/** More items than the plan was told of would break its promise, so they are refused. */
function tooMany(compiled: CompiledRun, step: StepRecord, outputs: { port: string }[]): Failure | null {
  const node = compiled.flow.nodes.get(step.nodeId)
  if (!node) return null
  for (const port of Object.keys(node.manifest.outputs)) {
    const count = outputs.filter((output) => output.port === port).length
    const bound = itemBound(node, port)
    if (count > bound) {
      return {
        code: 'output.too_many',
        message: `${node.title} put out ${count} items at "${port}" but stated ${bound} at most.`,
        fix: 'Raise the number in the node or correct its code.',
        retryable: false,
        facts: { port, count, bound },
      }
    }
  }
  return null
}
