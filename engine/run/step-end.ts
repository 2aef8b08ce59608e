/** What becomes of a step that a worker ran or lost, and what follows from it. Pure; fenced by `held` (R3). */
import {
  ERROR_PORT,
  type Failure,
  type RunEventBody,
  itemBound,
  itemPath,
  retryOf,
  uncertainPolicy,
} from '#graph'
import {
  type Change,
  type CompiledRun,
  changeOf,
  nodeOf,
  nodeProgress,
  outputOrdinal,
  handOn,
  say,
  stepRef,
} from './change.ts'
import { endOpen } from './end-open.ts'
import { type Followed, type Holder, followed, held, nothing } from './followed.ts'
import { outputId } from './ids.ts'
import type { Json, LockedRun, OutputRecord, SandboxOutput, StepRecord } from './interfaces.ts'
import { decided, retryDelay, uncertain, wasCutShort, workerLost } from './retry.ts'
import { claim, release, settle } from './settle.ts'
import { type Suspension, ask, resume, suspend } from './waits.ts'

/** What became of a step that a worker ran. */
export type Outcome =
  | { kind: 'succeeded'; outputs: SandboxOutput[]; durationMs: number }
  | { kind: 'failed'; failure: Failure; durationMs: number; item?: Json }
  | ({ kind: 'waiting' } & Suspension)
  /** The worker is stopping: the step goes back as it was. */
  | { kind: 'released' }

export function finish(
  run: LockedRun,
  compiled: CompiledRun,
  holder: Holder,
  outcome: Outcome,
  room: number,
): Followed {
  const step = held(run, holder)
  if (!step) return nothing
  const change = changeOf(run, compiled)
  release(change, step)
  if (run.cancelRequested) return cancelled(change, step, holder)
  if (outcome.kind === 'released') return released(change, step, holder)
  if (stops(outcome)) return stopRun(change, step, outcome, holder)
  const later = conclude(change, step, outcome, holder)
  settle(change)
  return followed(change, claim(change, holder.worker, room), { later })
}

/** The step says that its whole run is to end. Its transition wants everything that is open. */
export const stops = (outcome: Outcome): outcome is Outcome & { kind: 'failed' } =>
  outcome.kind === 'failed' && outcome.failure.code === 'flow.stopped'

function stopRun(
  change: Change,
  step: StepRecord,
  { failure, durationMs }: Outcome & { kind: 'failed' },
  holder: Holder,
): Followed {
  const progress = nodeProgress(change, step.nodeId)
  progress.open -= 1
  progress.failed += 1
  change.progress.stop = failure
  close(change, step, 'failed', failure, holder)
  say(change, { type: 'step.failed', ...stepRef(step), failure, retryInMs: null, durationMs })
  say(change, { type: 'run.stopping', failure })
  endOpen(change)
  settle(change)
  return followed(change, { claimed: [], left: [] })
}

function conclude(
  change: Change,
  step: StepRecord,
  outcome: Exclude<Outcome, { kind: 'released' }>,
  holder: Holder,
): Followed['later'] {
  if (outcome.kind === 'failed') return fail(change, step, outcome, holder)
  if (outcome.kind === 'succeeded') {
    succeed(change, step, outcome, holder)
    return null
  }
  const { durationMs } = outcome
  const failure = suspend(change, step, outcome, holder)
  if (failure) return fail(change, step, { kind: 'failed', failure, durationMs }, holder)
  const due = change.writes.waits.at(-1)?.due
  return due && 'afterMs' in due ? { step, delayMs: due.afterMs } : null
}

function succeed(
  change: Change,
  step: StepRecord,
  outcome: Outcome & { kind: 'succeeded' },
  holder: Holder,
): void {
  const compiled = nodeOf(change, step.nodeId)
  const progress = nodeProgress(change, step.nodeId)
  const outputs = putOut(change, step, outcome.outputs)
  progress.open -= 1
  progress.succeeded += 1
  close(change, step, 'succeeded', null, holder)
  say(change, {
    type: 'step.succeeded',
    ...stepRef(step),
    outputs: refsOf(outputs),
    durationMs: outcome.durationMs,
  })
  handOn(change, compiled, outputs)
}

const refsOf = (outputs: readonly OutputRecord[]) =>
  outputs.map(({ id, port, portType, label }) => ({ id, port, type: portType, label }))

function putOut(change: Change, step: StepRecord, items: readonly SandboxOutput[]): OutputRecord[] {
  const compiled = nodeOf(change, step.nodeId)
  const counts = new Map<string, number>()
  const outputs = items.map((output, place): OutputRecord => {
    const index = counts.get(output.port) ?? 0
    counts.set(output.port, index + 1)
    const single = itemBound(compiled, output.port) === 1
    return {
      id: outputId(step.id, place),
      stepId: step.id,
      nodeId: step.nodeId,
      port: output.port,
      portType: compiled.manifest.outputs[output.port]?.type ?? 'any',
      path: itemPath(step.path, step.nodeId, output.port, single ? null : index),
      ordinal: outputOrdinal(step, compiled, output.port, index),
      label: output.label,
      value: output.value,
    }
  })
  change.writes.outputs.push(...outputs)
  return outputs
}

function fail(change: Change, step: StepRecord, outcome: Outcome & { kind: 'failed' }, holder: Holder) {
  const { failure, durationMs } = outcome
  if (wasCutShort(failure) && doubt(change, step, outcome, holder.worker)) return null
  const { node } = nodeOf(change, step.nodeId)
  const delayMs = retryDelay(step, failure, retryOf(node))
  const event = { type: 'step.failed' as const, ...stepRef(step), failure, durationMs }
  if (delayMs !== null) return again(change, step, failure, delayMs, event)
  giveUp(change, step, holder.worker, { ...event, retryInMs: null }, outcome.item)
  return null
}

function again(
  change: Change,
  step: StepRecord,
  failure: Failure,
  delayMs: number,
  event: Omit<RunEventBody & { type: 'step.failed' }, 'retryInMs'>,
) {
  change.progress.ready += 1
  change.writes.stepChanges.push({
    id: step.id,
    status: 'ready',
    attempt: step.attempt,
    leaseOwner: null,
    delayMs,
    failure,
    finishedAttempt: { attempt: step.attempt, status: 'failed', failure, worker: step.leaseOwner ?? '' },
  })
  say(change, { ...event, retryInMs: delayMs })
  return { step, delayMs }
}

/** The step fails for good. Where its node says so, the flow goes on from the port for failures. */
function giveUp(
  change: Change,
  step: StepRecord,
  worker: string,
  event: RunEventBody & { type: 'step.failed' },
  item: Json = null,
): void {
  const { failure } = event
  const compiled = nodeOf(change, step.nodeId)
  const progress = nodeProgress(change, step.nodeId)
  progress.open -= 1
  progress.failed += 1
  close(change, step, 'failed', failure, { worker, stepId: step.id, attempt: step.attempt })
  const handled = compiled.outgoing.some(({ source }) => source.port === ERROR_PORT)
  if (!handled || Object.hasOwn(compiled.installed.outputs, ERROR_PORT)) {
    change.progress.firstFailure ??= failure
    say(change, event)
    return
  }
  const value = { failure: plain(failure), item }
  const outputs = putOut(change, step, [{ port: ERROR_PORT, label: step.label, value }])
  say(change, { ...event, outputs: refsOf(outputs) })
  handOn(change, compiled, outputs)
}

/** A failure's facts come from many places; only what is JSON can go on. */
const plain = (failure: Failure): Json => JSON.parse(JSON.stringify(failure)) as Json

function close(
  change: Change,
  step: StepRecord,
  status: 'succeeded' | 'failed' | 'cancelled',
  failure: Failure | null,
  holder: Holder,
): void {
  change.writes.stepChanges.push({
    id: step.id,
    status,
    attempt: step.attempt,
    leaseOwner: null,
    failure,
    // A step that waited has told of its attempt already.
    ...(step.status === 'waiting'
      ? {}
      : { finishedAttempt: { attempt: step.attempt, status, failure, worker: holder.worker } }),
  })
}

function cancelled(change: Change, step: StepRecord, holder: Holder): Followed {
  nodeProgress(change, step.nodeId).open -= 1
  close(change, step, 'cancelled', null, holder)
  settle(change)
  return followed(change, { claimed: [], left: [] })
}

function released(change: Change, step: StepRecord, holder: Holder): Followed {
  const cause = { ...workerLost(step).failure, message: 'The step was given back in the middle of its work.' }
  if (!doubt(change, step, { failure: cause, durationMs: 0 }, holder.worker)) {
    change.progress.ready += 1
    change.writes.stepChanges.push({
      id: step.id,
      status: 'ready',
      attempt: step.attempt,
      leaseOwner: null,
    })
    say(change, { type: 'step.released', ...stepRef(step) })
  }
  settle(change)
  return followed(change, { claimed: [], left: [] })
}

type CutShort = Pick<Outcome & { kind: 'failed' }, 'failure' | 'durationMs' | 'item'>

/**
 * R4: a step that does something outside, once, and was cut short: nobody knows how far it had come. It is never run
 * again silently but follows its node's policy. False where there is no doubt, or the policy is to run it again.
 */
function doubt(
  change: Change,
  step: StepRecord,
  { failure: cause, ...rest }: CutShort,
  worker: string,
): boolean {
  const { node, manifest } = nodeOf(change, step.nodeId)
  const policy = uncertainPolicy(node, manifest)
  if (policy === null) return false
  const failure = uncertain(cause)
  const { durationMs, item } = rest
  if (policy === 'ask') ask(change, step, failure, worker, durationMs)
  else
    giveUp(
      change,
      step,
      worker,
      { type: 'step.failed', ...stepRef(step), failure, retryInMs: null, durationMs },
      item,
    )
  return true
}

/** The lease of a running step ran out: another worker may have it, unless it has cost too many of them. */
export function expire(
  run: LockedRun,
  compiled: CompiledRun,
  at: { stepId: string; attempt: number },
  item: Json = null,
): Followed {
  const step = run.steps.get(at.stepId)
  if (!step || step.status !== 'running' || step.attempt !== at.attempt) return nothing
  const change = changeOf(run, compiled)
  release(change, step)
  const worker = step.leaseOwner ?? ''
  if (run.cancelRequested) return cancelled(change, step, { worker, ...at })
  const later = lose(change, step, worker, item)
  settle(change)
  return followed(change, { claimed: [], left: [] }, { later })
}

function lose(change: Change, step: StepRecord, worker: string, item: Json): Followed['later'] {
  const { failure, delayMs } = workerLost(step)
  if (doubt(change, step, { failure, durationMs: 0, item }, worker)) return null
  const event = { type: 'step.failed' as const, ...stepRef(step), failure, durationMs: 0 }
  if (delayMs !== null) return again(change, step, failure, delayMs, event)
  giveUp(change, step, worker, { ...event, retryInMs: null }, item)
  return null
}

/** A person has decided about a step that is in doubt: run it again, or count it as failed. */
export function decide(
  run: LockedRun,
  compiled: CompiledRun,
  at: { stepId: string; attempt: number },
  { decision, by }: { decision: 'again' | 'fail'; by: string },
  item: Json = null,
): Followed {
  const step = run.steps.get(at.stepId)
  if (run.cancelRequested || step?.status !== 'waiting' || step.attempt !== at.attempt) return nothing
  const change = changeOf(run, compiled)
  const answer = { cause: 'answered' as const, value: decision, by }
  if (decision === 'again') {
    const ready = resume(change, step, answer, step.resumedFrom)
    return followed(change, { claimed: [], left: [ready] })
  }
  change.progress.waiting -= 1
  change.writes.answers.push({ ...answer, ...at })
  const failure = { ...uncertain(decided(by)), fix: 'Run it again from here if that was wrong.' }
  const event = { type: 'step.failed' as const, ...stepRef(step), failure, retryInMs: null, durationMs: 0 }
  giveUp(change, step, '', event, item)
  settle(change)
  return followed(change, { claimed: [], left: change.newSteps.filter(({ status }) => status === 'ready') })
}
