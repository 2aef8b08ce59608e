/** What becomes of a step that a worker ran or lost, and what follows from it. Pure; fenced by `held` (R3). */
import { type Failure, type RunEventBody, itemBound, itemPath } from '#graph'
import {
  type Change,
  type CompiledRun,
  changeOf,
  handOn,
  nodeOf,
  nodeProgress,
  outputOrdinal,
  say,
  stepRef,
} from './change.ts'
import { type Followed, type Holder, followed, held, nothing } from './followed.ts'
import { outputId } from './ids.ts'
import type { LockedRun, SandboxOutput, StepRecord } from './interfaces.ts'
import { retryDelay, workerLost } from './retry.ts'
import { claim, release, settle } from './settle.ts'
import { type Suspension, suspend } from './waits.ts'

/** What became of a step that a worker ran. */
export type Outcome =
  | { kind: 'succeeded'; outputs: SandboxOutput[]; durationMs: number }
  | { kind: 'failed'; failure: Failure; durationMs: number }
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
  if (outcome.kind === 'released') return released(change, step)
  const later = conclude(change, step, outcome, holder)
  settle(change)
  return followed(change, claim(change, holder.worker, room), { later })
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
  const counts = new Map<string, number>()
  outcome.outputs.forEach((output, place) => {
    const index = counts.get(output.port) ?? 0
    counts.set(output.port, index + 1)
    const single = itemBound(compiled, output.port) === 1
    change.writes.outputs.push({
      id: outputId(step.id, place),
      stepId: step.id,
      nodeId: step.nodeId,
      port: output.port,
      portType: compiled.manifest.outputs[output.port]?.type ?? 'any',
      path: itemPath(step.path, step.nodeId, output.port, single ? null : index),
      ordinal: outputOrdinal(step, compiled, output.port, index),
      label: output.label,
      value: output.value,
    })
  })
  progress.open -= 1
  progress.succeeded += 1
  close(change, step, 'succeeded', null, holder)
  const outputs = change.writes.outputs
  say(change, {
    type: 'step.succeeded',
    ...stepRef(step),
    outputs: outputs.map(({ id, port, portType, label }) => ({ id, port, type: portType, label })),
    durationMs: outcome.durationMs,
  })
  handOn(change, compiled, outputs)
}

function fail(change: Change, step: StepRecord, outcome: Outcome & { kind: 'failed' }, holder: Holder) {
  const { failure, durationMs } = outcome
  const delayMs = retryDelay(step, failure)
  const event = { type: 'step.failed' as const, ...stepRef(step), failure, durationMs }
  if (delayMs !== null) return again(change, step, failure, delayMs, event)
  giveUp(change, step, failure, holder.worker)
  say(change, { ...event, retryInMs: null })
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

function giveUp(change: Change, step: StepRecord, failure: Failure, worker: string): void {
  const progress = nodeProgress(change, step.nodeId)
  progress.open -= 1
  progress.failed += 1
  change.progress.firstFailure ??= failure
  close(change, step, 'failed', failure, { worker, stepId: step.id, attempt: step.attempt })
}

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
    finishedAttempt: { attempt: step.attempt, status, failure, worker: holder.worker },
  })
}

function cancelled(change: Change, step: StepRecord, holder: Holder): Followed {
  nodeProgress(change, step.nodeId).open -= 1
  close(change, step, 'cancelled', null, holder)
  settle(change)
  return followed(change, { claimed: [], left: [] })
}

function released(change: Change, step: StepRecord): Followed {
  change.progress.ready += 1
  change.writes.stepChanges.push({ id: step.id, status: 'ready', attempt: step.attempt, leaseOwner: null })
  say(change, { type: 'step.released', ...stepRef(step) })
  return followed(change, { claimed: [], left: [] })
}

/** The lease of a running step ran out: another worker may have it, unless it has cost too many of them. */
export function expire(
  run: LockedRun,
  compiled: CompiledRun,
  at: { stepId: string; attempt: number },
): Followed {
  const step = run.steps.get(at.stepId)
  if (!step || step.status !== 'running' || step.attempt !== at.attempt) return nothing
  const change = changeOf(run, compiled)
  release(change, step)
  const worker = step.leaseOwner ?? ''
  if (run.cancelRequested) return cancelled(change, step, { worker, ...at })
  const { failure, delayMs } = workerLost(step)
  const event = { type: 'step.failed' as const, ...stepRef(step), failure, durationMs: 0 }
  const later = delayMs === null ? null : again(change, step, failure, delayMs, event)
  if (delayMs === null) {
    giveUp(change, step, failure, worker)
    say(change, { ...event, retryInMs: null })
  }
  settle(change)
  return followed(change, { claimed: [], left: [] }, { later })
}
