/**
 * Job: the runs that steps start and wait for. Boundary: which are to begin, to end or to be waited for; how a run
 * begins is `RunService`, how a wait is answered `answer-wait.ts`, rows are behind `ChildRuns`.
 *
 * C1 The runs of a step are named in the commit in which its wait begins: their ids follow from the step, the attempt
 *    and their place. Beginning one again begins nothing.
 * C2 There is one wait for all of them. It is answered when the last one has ended, in the order of the wait's inputs.
 * C3 Everything is decided from what is in the database, under a lock of the step. So whoever dies in between is made
 *    up for by whoever looks next: a process that heard of a commit, or the reconciler.
 * C4 A run ends with its parent: when the step waits no more, what is left of its runs is cancelled.
 */
import {
  type Budget,
  type Failure,
  type RunDocument,
  addUsage,
  failureOf,
  NO_USAGE,
  PressroomError,
  TERMINAL_RUN_STATUSES,
  type Usage,
  briefMappingSchema,
  mapInput,
} from '#graph'
import { answerWait, type AnsweringParts } from '../answer-wait.ts'
import type { CompiledRun } from '../change.ts'
import type { Clock, Json, RunReader, RunService, RunWrites, StepRef } from '../interfaces.ts'
import { remaining, spent } from '../limits/run-budget.ts'
import { type At, unobserved } from '../points.ts'
import { endedRun } from '../triggers/ended-run.ts'
import { repeat } from '../worker.ts'
import type { ChildRuns, ChildState, ChildrenState } from './interfaces.ts'
import { movesOf } from './moves.ts'

const LOOK_MS = 2_000
const BATCH = 200
const MAX_UNEXPECTED_TRIES = 10
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 60_000
/** Who a run is told that it was cancelled or paused by. */
const BY = 'the run that started it'

export interface ChildrenParts extends Omit<AnsweringParts, 'runs'> {
  store: ChildRuns
  runs: Pick<RunService, 'start' | 'cancel' | 'pause' | 'resume'>
  reader: Pick<RunReader, 'document'>
  clock: Clock
  log: { error(facts: object, message: string): void }
  at?: At
}

export interface Children {
  /** A change of a run is durable: looks whether it begins, ends or holds up runs of steps. */
  told(organisationId: string, runId: string, writes: RunWrites): void
  /** Looks for what nobody has seen to. */
  watch(): void
  /** Lets what is being done end. */
  stop(): Promise<void>
}

export function createChildren(parts: ChildrenParts): Children {
  const { store, runs, reader, cache, clock, log, at = unobserved } = parts
  const tending = new Map<string, { again: boolean }>()
  const active = new Set<Promise<void>>()
  const stopping = new AbortController()
  let endWatch = () => {}

  function follow(work: () => Promise<void>, facts: object): void {
    if (stopping.signal.aborted) return
    const done = work()
      .catch((error: unknown) =>
        log.error({ err: error, ...facts }, 'runs of a step are left for the next look'),
      )
      .finally(() => active.delete(done))
    active.add(done)
  }

  /** One look at a time; what is heard meanwhile makes another one follow. */
  function tend(step: StepRef): void {
    const key = `${step.stepId} ${step.attempt}`
    const under = tending.get(key)
    if (under) {
      under.again = true
      return
    }
    const turn = { again: true }
    tending.set(key, turn)
    follow(async () => {
      try {
        while (turn.again && !stopping.signal.aborted) {
          turn.again = false
          if (await look(step)) turn.again = true
        }
      } finally {
        tending.delete(key)
      }
    }, step)
  }

  /** Whether there is more to do at once. */
  async function look(step: StepRef): Promise<boolean> {
    const decided = await store.decide(step, movesOf)
    if (!decided) return false
    const { state, moves } = decided
    const { organisationId } = step
    const child = (place: number) => state.children[place]?.runId ?? ''
    if (moves.start.length > 0) at('children.claimed')
    const begun = await Promise.all(moves.start.map((place) => start(step, state, place)))
    for (const place of moves.cancel) await runs.cancel(organisationId, child(place), BY)
    for (const place of moves.pause) await runs.pause(organisationId, child(place), BY)
    for (const place of moves.resume) {
      await runs.resume(organisationId, child(place), BY)
      await store.note(step, place, { resumed: true })
    }
    if (moves.answer) {
      at('children.ended')
      await answer(step, state)
    }
    const detached = state.wait.detached === true && moves.start.length > 0
    return moves.answer || moves.gone.length > 0 || detached || begun.includes('refused')
  }

  async function start(
    step: StepRef,
    state: ChildrenState,
    place: number,
  ): Promise<'started' | 'refused' | 'later'> {
    const child = state.children[place]
    if (!child) throw new Error(`step ${step.stepId} has no run at place ${place}`)
    try {
      const parent = await cache.get(step.organisationId, step.runId)
      await begin(step, state, child, parent)
    } catch (error) {
      const failure = failureOf(error)
      const unexpected = failure.code === 'internal.unexpected' && child.tries < MAX_UNEXPECTED_TRIES
      if (!failure.retryable && !unexpected) {
        await store.note(step, place, { refused: failure })
        return 'refused'
      }
      log.error({ err: error, ...step, place }, 'the run of a step could not be started yet')
      const tryAgainInMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** child.tries)
      await store.note(step, place, { tryAgainInMs })
      return 'later'
    }
    at('child.started')
    await store.note(step, place, { started: true })
    return 'started'
  }

  async function begin(step: StepRef, state: ChildrenState, child: ChildState, { snapshot }: CompiledRun) {
    const { organisationId, runId, stepId, attempt } = step
    const { flowId, startedBy } = state
    if (flowId === null) throw noFlow(state.wait.flow)
    const { priority, budget } = snapshot.flow.limits
    const depth = (snapshot.parent?.depth ?? 0) + 1
    await runs.start(organisationId, { flowId }, inputOf(state, child.place), {
      runId: child.runId,
      seed: snapshot.seed,
      parent: { runId, stepId, attempt, place: child.place, depth },
      ...(startedBy === null ? {} : { startedBy }),
      ...(priority && { priority }),
      ...(budget && !state.wait.detached && { budget: left(budget, state) }),
    })
  }

  async function answer(step: StepRef, state: ChildrenState): Promise<void> {
    const value: Json[] = []
    for (const child of state.children) value.push(await cameTo(step.organisationId, child, state))
    const usage = state.wait.detached ? NO_USAGE : usedBy(state.children)
    await answerWait(parts, step, { value, by: null, usage })
  }

  async function cameTo(organisationId: string, child: ChildState, { wait }: ChildrenState): Promise<Json> {
    const { runId, failure } = child
    if (failure) return { runId: null, result: null, failure: words(failure) }
    const document = await reader.document(organisationId, runId)
    if (!document) return { runId: null, result: null, failure: words(gone) }
    if (wait.detached) return { runId, result: endedRun(document), failure: null }
    const why = failureIn(document)
    return { runId, result: why ? null : endedRun(document), failure: why && words(why) }
  }

  async function lookAround(organisationId: string, runId: string, ended: boolean): Promise<void> {
    const { snapshot, flow } = await cache.get(organisationId, runId)
    const { parent } = snapshot
    if (ended && parent) {
      const { stepId, attempt } = parent
      tend({ organisationId, runId: parent.runId, stepId, attempt })
    }
    if (![...flow.nodes.values()].some(({ manifest }) => manifest.runs)) return
    for (const step of await store.stepsOf(organisationId, runId)) tend(step)
  }

  return {
    told(organisationId, runId, { status, cancelRequested, waits = [] }) {
      for (const { kind, stepId, attempt } of waits) {
        if (kind === 'runs') tend({ organisationId, runId, stepId, attempt })
      }
      if (status === undefined && cancelRequested !== true) return
      const ended = status !== undefined && TERMINAL_RUN_STATUSES.includes(status)
      follow(() => lookAround(organisationId, runId, ended), { runId })
    },
    watch() {
      endWatch = repeat(clock, LOOK_MS, log, async () => {
        for (const step of await store.due(BATCH)) tend(step)
      })
    },
    async stop() {
      stopping.abort()
      endWatch()
      await Promise.allSettled(active)
    },
  }
}

/** What the flow gets: a brief that the item fills, or the item itself. */
function inputOf({ wait }: ChildrenState, place: number): unknown {
  const { item = null, more } = wait.inputs[place] ?? {}
  if (wait.brief === null) return { value: more ? { item, ...more } : item }
  const mapping = briefMappingSchema.safeParse(wait.brief)
  if (!mapping.success) throw noMapping
  const { input, failure } = mapInput(mapping.data, { item, ...more })
  if (failure) throw new PressroomError(failure)
  return input
}

const usedBy = (children: ChildState[]): Usage =>
  children.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE)

/** Of its parent's budget, as what runs at this moment has used of it: several at a time may go beyond it by a little. */
function left(budget: Budget, { used, children }: ChildrenState): Budget {
  const so = addUsage(used, usedBy(children))
  const failure = spent(budget, so)
  if (failure) throw new PressroomError(failure)
  return remaining(budget, so)
}

const words = ({ code, message, fix }: Failure) => ({ code, message, fix })

function failureIn({ status, failure }: RunDocument): Failure | null {
  if (failure) return failure
  return status === 'cancelled' ? cancelled : null
}

const cancelled: Failure = {
  code: 'run.cancelled',
  message: 'It was cancelled.',
  fix: 'Retry this run: what succeeded is kept, and it is started again.',
  retryable: false,
  facts: {},
}

const gone: Failure = { ...cancelled, code: 'not_found.run', message: 'It is not there any more.' }

const noMapping = new PressroomError({
  code: 'child.brief',
  message: 'The node does not say how each answer of the brief is filled.',
  fix: 'Fill the brief in the node’s settings, and run the flow again.',
})

const noFlow = (flow: string): PressroomError =>
  new PressroomError({
    code: 'child.unknown_flow',
    message: 'The flow that is to be run is not published, not there any more, or belongs to another team.',
    fix: 'Choose a published flow of the same team or of the whole organisation in the node’s settings.',
    facts: { flow },
  })
