/**
 * Steps that wait (R6). Pure. A wait is named by its step and the attempt that began it: a step waits once per attempt,
 * and the attempt that carries on counts as the next one. So whoever answers a wait twice, too late, or after the step
 * waits for something else, changes nothing.
 */
import { type Failure, MAX_CHILD_DEPTH, NO_USAGE, type Usage, type WaitSpec, addUsage, dueOf } from '#graph'
import { childRunId } from './ids.ts'
import { nearing } from './limits/run-budget.ts'
import { type Change, type CompiledRun, changeOf, say, stepRef } from './change.ts'
import { type Followed, type Holder, followed, nothing } from './followed.ts'
import type { Json, LockedRun, StepRecord, WaitAnswer } from './interfaces.ts'

/** A node that would wait for ever, a little at a time, ends. */
export const MAX_WAITS = 200

export interface Suspension {
  wait: WaitSpec
  /** Of the token in a callback's address. */
  tokenHash: string | null
  durationMs: number
}

/** The step's own failure where it may not wait, else null: it waits from this commit on. */
export function suspend(
  change: Change,
  step: StepRecord,
  { wait, tokenHash, durationMs }: Suspension,
  holder: Holder,
): Failure | null {
  if (step.attempts.filter(({ status }) => status === 'waiting').length >= MAX_WAITS) return tooManyWaits
  if (wait.kind === 'runs' && depthOf(change) >= MAX_CHILD_DEPTH) return tooDeep
  const { kind, carry = null, ...spec } = wait
  const moment = wait.kind === 'timer' ? wait : wait.deadline
  const due = moment ? dueOf(moment) : null
  const at = { stepId: step.id, attempt: step.attempt }
  change.progress.waiting += 1
  const runs = wait.kind === 'runs' && { runs: runIds(step, wait.inputs.length) }
  change.writes.waits.push({ ...at, kind, spec, carry, tokenHash, due, ...runs })
  change.writes.stepChanges.push({
    id: step.id,
    status: 'waiting',
    attempt: step.attempt,
    leaseOwner: null,
    due,
    failure: null,
    finishedAttempt: { attempt: step.attempt, status: 'waiting', failure: null, worker: holder.worker },
  })
  say(change, { type: 'step.waiting', ...stepRef(step), kind, due, durationMs })
  return null
}

/** The step waits for a person who says what is to become of it. */
export function ask(
  change: Change,
  step: StepRecord,
  failure: Failure,
  worker: string,
  durationMs: number,
): void {
  const at = { stepId: step.id, attempt: step.attempt }
  const { code, message, fix } = failure
  const spec = { code, message, fix }
  change.progress.waiting += 1
  change.writes.waits.push({ ...at, kind: 'decision', spec, carry: null, tokenHash: null, due: null })
  change.writes.stepChanges.push({
    id: step.id,
    status: 'waiting',
    attempt: step.attempt,
    leaseOwner: null,
    due: null,
    failure,
    finishedAttempt: { attempt: step.attempt, status: 'failed', failure, worker },
  })
  say(change, { type: 'step.waiting', ...stepRef(step), kind: 'decision', due: null, failure, durationMs })
}

/** The step goes on with what its wait came to: it is ready from this commit on. */
export function resume(
  change: Change,
  step: StepRecord,
  answer: Pick<WaitAnswer, 'cause' | 'value' | 'by'>,
  /** The attempt whose wait the next one carries on. */
  resumedFrom: number | null = step.attempt,
): StepRecord {
  const { cause, by } = answer
  change.progress.waiting -= 1
  change.progress.ready += 1
  change.writes.answers.push({ ...answer, stepId: step.id, attempt: step.attempt })
  change.writes.stepChanges.push({
    id: step.id,
    status: 'ready',
    attempt: step.attempt,
    leaseOwner: null,
    ...(resumedFrom === null ? {} : { resumedFrom }),
  })
  say(change, { type: 'step.resumed', ...stepRef(step), cause, by })
  return { ...step, status: 'ready', resumedFrom }
}

/** Somebody answered. Writes nothing, and says so by `held`, where the wait is over or its run has come to its end. */
export function resolve(
  run: LockedRun,
  compiled: CompiledRun,
  at: { stepId: string; attempt: number },
  { usage = NO_USAGE, ...answer }: { value: Json; by: string | null; usage?: Usage },
): Followed {
  const step = run.steps.get(at.stepId)
  if (run.cancelRequested || step?.status !== 'waiting' || step.attempt !== at.attempt) return nothing
  const change = changeOf(run, compiled)
  const before = change.progress.usage
  change.progress.usage = addUsage(before, usage)
  const resumed = resume(change, step, { cause: 'answered', ...answer })
  say(change, ...nearing(compiled.snapshot.flow.limits.budget, before, change.progress.usage))
  return followed(change, { claimed: [], left: [resumed] })
}

const depthOf = ({ compiled }: Change): number => compiled.snapshot.parent?.depth ?? 0

const runIds = ({ runId, id, attempt }: StepRecord, count: number): string[] =>
  Array.from({ length: count }, (_, place) => childRunId(runId, id, attempt, place))

const tooDeep: Failure = {
  code: 'child.too_deep',
  message: `Flows have run each other ${MAX_CHILD_DEPTH} levels deep, which is as far as it goes.`,
  fix: 'Look whether these flows run each other without end, or let one of them do more itself.',
  retryable: false,
  facts: { levels: MAX_CHILD_DEPTH },
}

const tooManyWaits: Failure = {
  code: 'wait.too_many',
  message: `The step has waited ${MAX_WAITS} times without coming to an end.`,
  fix: 'Let the node wait longer at a time, or let it end.',
  retryable: false,
  facts: { waits: MAX_WAITS },
}
