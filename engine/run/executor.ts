/**
 * Runs steps. A hint says where to look (R1); the executor takes ready steps under the run's lock, runs each in the
 * sandbox, commits its outcome together with what follows from it (R3) and goes on with the next ready step itself
 * (R7). Everything outside (store, queue, sandbox, gateway, clock) is in `interfaces.ts`.
 */
import { failureOf } from '#graph'
import { type Taken, type Transacted, afterwards, foresee } from './ahead.ts'
import type { CompiledRun } from './change.ts'
import type { CallbackTokens } from './callback-tokens.ts'
import type { Committer } from './committer.ts'
import type {
  Clock,
  Gateway,
  Hint,
  HostPort,
  LockedRun,
  Json,
  OutputRecord,
  Queue,
  RunRef,
  RunStore,
  Sandbox,
  SandboxResult,
  StepRecord,
  Transition,
} from './interfaces.ts'
import { type Gathering, gather } from './gathering.ts'
import { callContext, hostPort } from './host-port.ts'
import { itemInDoubt } from './item-in-doubt.ts'
import { type Contender, Turns, contender } from './limits/turns.ts'
import { located } from './located.ts'
import { persist } from './persist.ts'
import { type At, unobserved } from './points.ts'
import { ranTooLong, timedOut } from './retry.ts'
import { runStep } from './rework.ts'
import type { RunCache } from './run-cache.ts'
import { stepInput } from './step-input.ts'
import type { Followed, Holder } from './followed.ts'
import { type Outcome, expire, finish, stops } from './step-end.ts'
import { tooMany } from './too-many.ts'
import { ALL_OPEN, look, reportProgress, stop } from './transitions.ts'

/** Ready steps looked at beyond this worker's room, so that one waiting for a local slot hides no external one. */
const LOOKAHEAD = 500
/** A worker that stops lets its steps end for this long, then gives back those that did not. */
const DRAIN_MS = 5_000
/** A step that finds no room here within this time is put into the queue, where others find it. */
const OFFER_MS = 500
/** Steps of one chain whose commits are under way; what a crash would make run again. */
const MAX_AHEAD = 16

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
  at?: At
}

/** A step that runs here, or one after the other of a chain of them. */
interface Running extends Contender {
  /** Ids of its steps that are not concluded yet. */
  steps: Set<string>
  abort: AbortController
  /** What it runs now does something outside that must happen once. */
  once: boolean
  /** What was run ahead turned out not to be this worker's. */
  broken: boolean
  /** What was taken because of its steps, each until everything that follows from it has ended. */
  after: Promise<void>[]
  done: Promise<void>
}

export class Executor {
  readonly #parts: ExecutorParts
  readonly #at: At
  readonly #running = new Set<Running>()
  readonly #turns: Turns
  /** Hints being handled, each until everything taken because of it has ended. */
  readonly #handling = new Set<Promise<void>>()
  /** Steps that are being claimed and do not run yet: they have their place already. */
  #reserved = 0
  #queueAway = false
  /** Takes nothing new, and `#stop` gives back what runs. */
  readonly #drain = new AbortController()
  readonly #stop = new AbortController()

  constructor(parts: ExecutorParts) {
    this.#parts = parts
    this.#at = parts.at ?? unobserved
    this.#turns = new Turns({ free: () => this.room(), running: () => this.#running })
  }

  /** Ids of runs that this worker is working on. */
  activeRuns(): string[] {
    return [...new Set([...this.#running].map(({ runId }) => runId))]
  }

  /** Keeps the leases of the steps that run here. Any other step of this worker's was lost sight of and may be taken. */
  async heartbeat(leaseSeconds: number): Promise<void> {
    const { store, worker } = this.#parts
    const steps = [...this.#running].flatMap((running) => [...running.steps])
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

  /** A hint of this process's own making. What it can't look at soon goes to whoever is free first. */
  offer(hint: Hint): void {
    const handOver = () => this.hint([hint])
    const patience = this.#parts.clock.after(OFFER_MS, handOver)
    const handled = this.#handle(hint, patience).catch((error: unknown) => {
      this.#parts.log.error({ err: error, ...hint }, 'a hint was lost; the reconciler will find its step')
    })
    this.#handling.add(handled)
    void handled.finally(() => {
      patience()
      this.#handling.delete(handled)
    })
  }

  /** `begins` is called once there is room for what it finds. */
  async #handle(hint: Hint, begins: () => void = () => {}): Promise<void> {
    const compiled = await this.#parts.cache.get(hint.organisationId, hint.runId)
    if (!(await this.#turns.take(contender(compiled)))) return
    let followed: Promise<void>[]
    try {
      begins()
      const looked = await this.#transact(hint, compiled, [hint.stepId], (run) =>
        look(run, compiled, this.#parts.worker, this.#roomWithOwn()),
      )
      followed = this.#follow(compiled, looked)
    } finally {
      this.#turns.done()
    }
    await Promise.all(followed)
  }

  /** A step whose lease ran out goes to whoever takes it next. */
  async expire(hint: Hint): Promise<void> {
    const { cache, committer, store } = this.#parts
    const compiled = await cache.get(hint.organisationId, hint.runId)
    const item = await itemInDoubt({ store, committer }, compiled, hint)
    const { followed } = await this.#transact(hint, compiled, [hint.stepId], (run) =>
      expire(run, compiled, hint, item),
    )
    this.#at('lease.expired', hint)
    this.#leave(compiled, followed)
  }

  /** A run that was given no more time ends. Its running steps are stopped as those of a cancelled one are. */
  async endOverdue(run: RunRef): Promise<void> {
    const compiled = await this.#parts.cache.get(run.organisationId, run.runId)
    const minutes = compiled.snapshot.flow.limits.timeoutMinutes ?? 0
    await this.#parts.committer.commit({
      ...run,
      stepIds: [],
      ...ALL_OPEN,
      apply: (locked) => stop(locked, compiled, ranTooLong(minutes)).writes,
    })
    this.abortRun(run.runId)
  }

  /** Stops this worker's calls in flight for a run that was cancelled. */
  abortRun(runId: string): void {
    for (const running of this.#running) if (running.runId === runId) running.abort.abort(CANCELLED)
  }

  /** Takes nothing new, and gives back the steps that do not end soon. Finished model calls stay finished. */
  async stop(): Promise<void> {
    this.#drain.abort()
    this.#turns.close()
    const ended = Promise.allSettled(this.#handling)
    let cancel = () => {}
    const late = new Promise<void>((resolve) => (cancel = this.#parts.clock.after(DRAIN_MS, resolve)))
    await Promise.race([ended, late])
    cancel()
    this.#stop.abort()
    // What must happen once is given the time that is left rather than cut short.
    for (const { once, abort } of this.#running) if (!once) abort.abort(GIVEN_BACK)
    await ended
  }

  /** How many more steps it can take. */
  room(): number {
    if (this.#drain.signal.aborted) return 0
    const taken = this.#running.size + this.#reserved + this.#turns.looking
    return Math.max(0, this.#parts.concurrency - taken)
  }

  /** For whoever holds a place that it has no use for itself. */
  #roomWithOwn(): number {
    return this.#drain.signal.aborted ? 0 : this.room() + 1
  }

  async #transact(
    at: { organisationId: string; runId: string },
    compiled: CompiledRun,
    stepIds: string[],
    change: (run: Parameters<typeof look>[0]) => Followed,
    wants: Pick<Transition, 'wantReady' | 'delayedToo' | 'waitingToo'> = { wantReady: LOOKAHEAD },
  ): Promise<Transacted> {
    let followed: Followed | undefined
    let left: LockedRun | undefined
    const reserve = (next: Followed | undefined) => {
      this.#reserved += (next?.claimed.length ?? 0) - (followed?.claimed.length ?? 0)
      followed = next
    }
    try {
      await this.#parts.committer.commit({
        organisationId: compiled.snapshot.organisationId,
        runId: at.runId,
        stepIds,
        ...wants,
        takesSlots: compiled.usesModels && wants.wantReady !== 0,
        apply(run) {
          reserve(undefined)
          const next = change(run)
          reserve(next)
          left = afterwards(run, next)
          return next.writes
        },
      })
    } catch (error) {
      reserve(undefined)
      throw error
    }
    if (!followed || !left) throw new Error(`the store applied no transition to run ${at.runId}`)
    return { followed, run: left }
  }

  /** Runs what was taken, but for a step that runs already. */
  #follow(compiled: CompiledRun, { followed, run }: Transacted, runs: Taken | null = null): Promise<void>[] {
    this.#leave(compiled, followed)
    if (followed.ended) {
      const { organisationId, id } = compiled.snapshot
      this.#parts.cache.forget(compiled.snapshot)
      this.#parts.sandbox.forget(organisationId, id)
    }
    this.#reserved -= followed.claimed.length
    return followed.claimed
      .filter(({ id }) => id !== runs?.step.id)
      .map((step) => {
        const item = followed.outputs.find(({ id }) => id === step.inputId)
        return this.#start(compiled, { step, item, run })
      })
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
    if (followed.freed.length > 0) this.#refill({ organisationId, runId }, followed.freed)
  }

  /** R8: what a step held goes at once to whoever of the organisation is next in turn. */
  #refill(run: RunRef, freed: string[]): void {
    const { log, store } = this.#parts
    store.waitingForSlots(run, freed, this.#parts.concurrency).then(
      (steps) => steps.length > 0 && this.hint(steps),
      (error: unknown) => log.error({ err: error, ...run }, 'a free place is left to the reconciler'),
    )
  }

  /** Puts hints into the queue. Failing to is no loss (R1): the reconciler finds the steps. */
  hint(hints: Hint[]): void {
    this.#parts.queue.add(hints).then(
      () => void (this.#queueAway = false),
      (error: unknown) => {
        const words = 'hints cannot be queued; the reconciler will find the steps until they can'
        if (!this.#queueAway) this.#parts.log.error({ err: error }, words)
        this.#queueAway = true
      },
    )
  }

  #start(compiled: CompiledRun, taken: Taken): Promise<void> {
    const { step } = taken
    const running: Running = {
      ...contender(compiled),
      steps: new Set([step.id]),
      abort: new AbortController(),
      once: false,
      broken: false,
      after: [],
      done: Promise.resolve(),
    }
    if (this.#stop.signal.aborted) running.abort.abort(GIVEN_BACK)
    this.#running.add(running)
    running.done = this.#work(compiled, taken, running)
      .catch((error: unknown) => this.#notConcluded(error, step))
      .finally(() => {
        this.#running.delete(running)
        this.#turns.next()
      })
    return running.done.then(async () => void (await Promise.all(running.after)))
  }

  /** Runs a step, and what can be foreseen to follow from it while its commit is under way (R7). */
  async #work(compiled: CompiledRun, first: Taken, running: Running): Promise<void> {
    const { clock, worker } = this.#parts
    const commits: Promise<void>[] = []
    let gathering: Gathering | null = null
    for (let taken: Taken | null = first; taken && !running.broken;) {
      const { step, item, run }: Taken = taken
      running.steps.add(step.id)
      running.once = compiled.flow.nodes.get(step.nodeId)?.manifest.effect === 'once'
      this.#at('step.claimed', step)
      const outcome = await this.#outcome(compiled, step, item, running.abort)
      this.#at('step.ran', step)
      if (running.broken) break
      const holder: Holder = { worker, stepId: step.id, attempt: step.attempt }
      const stopped = this.#drain.signal.aborted || running.abort.signal.aborted
      const next: Taken | null = stopped ? null : foresee(run, compiled, holder, outcome)
      gathering ??= gather(clock, () => (gathering = null))
      commits.push(this.#commit(compiled, step, outcome, running, next, gathering.over))
      const far = running.steps.size >= MAX_AHEAD
      if (!next || far) gathering.end()
      if (next && far) await commits.at(-MAX_AHEAD)
      taken = next
    }
    gathering?.end()
    await Promise.all(commits)
  }

  /** Makes the end of a step durable and goes on with what was taken, as far as it is not run ahead already. */
  async #commit(
    compiled: CompiledRun,
    step: StepRecord,
    outcome: Outcome,
    running: Running,
    next: Taken | null,
    gathered: Promise<void>,
  ): Promise<void> {
    await gathered
    const goesWrong = () => {
      if (next === null || running.broken) return
      running.broken = true
      running.abort.abort()
    }
    try {
      const concluded = await persist(this.#parts.clock, this.#stop.signal, () =>
        this.#conclude(compiled, step, outcome, next !== null).catch((error: unknown) => {
          goesWrong()
          throw error
        }),
      )
      this.#at('step.ended', step)
      if (stops(outcome) && concluded.followed.held) this.abortRun(step.runId)
      if (!concluded.followed.claimed.some(({ id }) => id === next?.step.id)) goesWrong()
      running.after.push(...this.#follow(compiled, concluded, running.broken ? null : next))
    } catch (error) {
      this.#notConcluded(error, step)
    } finally {
      running.steps.delete(step.id)
    }
  }

  /** Its lease runs out and the step is taken again; its finished calls are in the journal. */
  #notConcluded(error: unknown, { runId, id }: StepRecord): void {
    this.#parts.log.error({ err: error, runId, stepId: id }, 'a step could not be concluded')
  }

  /** A result that the store refuses for what it holds is a failure of its step. */
  async #conclude(
    compiled: CompiledRun,
    step: StepRecord,
    outcome: Outcome,
    ranAhead: boolean,
  ): Promise<Transacted> {
    const holder = { worker: this.#parts.worker, stepId: step.id, attempt: step.attempt }
    // The step that ends makes room for the one that follows it, unless it is somebody else's turn.
    const room = () =>
      !ranAhead && this.#turns.yields(contender(compiled)) ? this.room() : this.#roomWithOwn()
    const wants = stops(outcome) ? ALL_OPEN : undefined
    const end = (how: Outcome) =>
      this.#transact(step, compiled, [step.id], (run) => finish(run, compiled, holder, how, room()), wants)
    try {
      return await end(outcome)
    } catch (error) {
      const failure = failureOf(error)
      if (outcome.kind === 'failed' || outcome.kind === 'released' || failure.retryable) throw error
      const { durationMs } = outcome
      return end({ kind: 'failed', failure: located(failure, compiled, step), durationMs })
    }
  }

  async #outcome(
    compiled: CompiledRun,
    step: StepRecord,
    item: OutputRecord | undefined,
    abort: AbortController,
  ): Promise<Outcome> {
    const { signal } = abort
    const { callbacks, clock, store } = this.#parts
    const startedAt = clock.now()
    const seconds = compiled.flow.nodes.get(step.nodeId)?.node.settings?.timeoutSeconds
    const inTime = seconds && clock.after(seconds * 1_000, () => abort.abort(TIMED_OUT))
    let given: Json = null
    let result: SandboxResult
    try {
      const input = await stepInput(store, compiled, step, item)
      given = Object.values(input.inputs)[0] ?? null
      result = await runStep(this.#parts, compiled, step, input, this.#host(compiled, step, abort), signal)
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
    const at = { stepId: step.id, attempt: step.attempt }
    const tokenHash = wait.kind === 'callback' ? callbacks.hash(callbacks.token(at)) : null
    return { kind: 'waiting', wait, tokenHash, durationMs }
  }

  #host(compiled: CompiledRun, step: StepRecord, abort: AbortController): HostPort {
    const { gateway, log, worker } = this.#parts
    const context = callContext(compiled, step, abort.signal)
    // No call of the step is in flight now; those that are finished are not made again when it goes on.
    const onPaused = () => abort.abort(GIVEN_BACK)
    const holder = { worker, stepId: step.id, attempt: step.attempt }
    const progress = (message: string) =>
      this.#transact(step, compiled, [step.id], (run) => reportProgress(run, compiled, holder, message), {
        wantReady: 0,
      })
    return hostPort({ gateway, log, context, onPaused, progress })
  }
}
