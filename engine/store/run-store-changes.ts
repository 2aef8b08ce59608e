/**
 * What a batch of transitions of one organisation comes to. Pure: takes the runs as they stand under their locks,
 * lets transitions apply one after another on the evolving state, and collects rows for a few bulk statements.
 * It reads no clock: every time is `at`, the database's clock when the run's lock was taken.
 *
 * R3: a transition's rows are collected together or, when it throws, not at all.
 * R5: events are numbered here, from the locked run's last number, without gaps.
 */
import { PressroomError, TERMINAL_RUN_STATUSES } from '#graph'
import type { StepStatus } from '#graph'
import { LEASE_SECONDS } from '#run/interfaces.ts'
import type { LockedRun, RunWrites, StepRecord, Transition } from '#run/interfaces.ts'
import { callRow, compareOrdinals, outputRow } from './run-rows.ts'
import { noProjections, project } from './run-store-projections.ts'
import type { ProjectedRows } from './run-store-projections.ts'
import { type SlotTable, moveSlots, sharesOf } from './run-store-slots.ts'
import { addAnswer, addWait, dueAt, noWaits } from './run-store-waits.ts'
import type { WaitRows } from './run-store-waits.ts'

const NEVER = 'infinity'

export interface Changes extends ProjectedRows, WaitRows {
  newSteps: Map<string, StepState & Record<string, unknown>>
  changedSteps: Map<string, StepState>
  outputs: Record<string, unknown>[]
  calls: Record<string, unknown>[]
  events: Record<string, unknown>[]
  /** Streams that are over: of one step, or of a whole run where `step_id` is null. */
  endedStreams: { run_id: string; step_id: string | null }[]
  runs: Map<string, Record<string, unknown>>
}

/** Null where the row keeps what it has, except for `lease_owner` and `finished_at`. */
interface StepState {
  id: string
  status: StepStatus
  attempt: number
  lease_owner: string | null
  lease_until: string | null
  not_before: string | null
  has_failure: boolean
  failure: unknown
  started_at: string | null
  finished_at: string | null
  attempts: unknown
  resumed_from: number | null
}

/** A locked run on its way through a batch. */
export interface RunState {
  at: Date
  run: LockedRun
  /** Ids of ready and waiting steps whose time has not come yet. */
  delayed: Set<string>
  /** Shared by all runs of the batch and organisation; null where nothing is limited. */
  slots: SlotTable | null
}

export const noChanges = (): Changes => ({
  newSteps: new Map(),
  changedSteps: new Map(),
  outputs: [],
  calls: [],
  events: [],
  endedStreams: [],
  runs: new Map(),
  ...noProjections(),
  ...noWaits(),
})

/** Applies one transition. Throws what `apply` throws, or says what is wrong with its writes; then nothing changed. */
export function applyTransition(state: RunState, transition: Transition, changes: Changes): void {
  const { run } = state
  const steps = new Map<string, StepRecord>()
  for (const id of transition.stepIds) {
    const step = run.steps.get(id)
    if (step) steps.set(id, step)
  }
  const ready = transition.delayedToo ? run.ready : run.ready.filter((step) => !state.delayed.has(step.id))
  const writes = transition.apply({
    ...run,
    steps,
    ready: ready.slice(0, transition.wantReady),
    waiting: transition.waitingToo ? [...run.steps.values()].filter(isWaiting) : [],
    shares: state.slots && sharesOf(state.slots, run.id),
  })
  if (writes) addWrites(state, writes, changes)
}

const isWaiting = ({ status }: StepRecord): boolean => status === 'waiting'

export function addWrites(state: RunState, writes: RunWrites, changes: Changes): void {
  const { run, at } = state
  const projected = project(run.id, writes.outputs ?? [])
  refuseUnknownSteps(run, writes)

  for (const step of writes.newSteps ?? []) addStep(state, step, changes)
  for (const change of writes.stepChanges ?? []) changeStep(state, change, changes)
  for (const output of writes.outputs ?? []) changes.outputs.push(outputRow(run.id, output))
  for (const call of writes.calls ?? []) changes.calls.push(callRow(run.id, call))
  for (const wait of writes.waits ?? []) addWait(changes, run.id, at, wait)
  for (const answer of writes.answers ?? []) addAnswer(changes, at, answer)
  changes.drafts.push(...projected.drafts)
  changes.revisions.push(...projected.revisions)
  changes.evaluations.push(...projected.evaluations)
  changes.deliverables.push(...projected.deliverables)
  for (const body of writes.events ?? []) {
    run.seq += 1
    changes.events.push({ run_id: run.id, seq: run.seq, at, body })
  }

  const terminal = (status: LockedRun['status']) => TERMINAL_RUN_STATUSES.includes(status)
  const ends = writes.status !== undefined && terminal(writes.status) && !terminal(run.status)
  if (ends) changes.endedStreams.push({ run_id: run.id, step_id: null })
  run.status = writes.status ?? run.status
  run.progress = writes.progress ?? run.progress
  run.cancelRequested = writes.cancelRequested ?? run.cancelRequested
  const before = changes.runs.get(run.id)
  changes.runs.set(run.id, {
    id: run.id,
    status: run.status,
    progress: run.progress,
    cancel_requested: run.cancelRequested,
    last_seq: run.seq,
    has_failure: writes.failure !== undefined || before?.has_failure === true,
    failure: writes.failure === undefined ? (before?.failure ?? null) : writes.failure,
    finished_at: ends ? at : (before?.finished_at ?? null),
  })
}

function refuseUnknownSteps(run: LockedRun, writes: RunWrites): void {
  const added = new Set(writes.newSteps?.map((step) => step.id))
  for (const { id } of writes.stepChanges ?? []) {
    if (run.steps.has(id) || added.has(id)) continue
    throw new PressroomError({
      code: 'store.unknown_step',
      message: `Step ${id} is to be changed, but run ${run.id} has no such step or the transition did not name it.`,
      fix: 'Name every step that a transition may change in its stepIds.',
      facts: { runId: run.id, stepId: id },
    })
  }
}

function addStep(state: RunState, step: StepRecord & { notBefore?: string }, changes: Changes): void {
  const { run, at } = state
  const now = at.toISOString()
  const { notBefore, ...record } = step
  const running = step.status === 'running'
  const known = {
    ...record,
    runId: run.id,
    organisationId: run.organisationId,
    startedAt: running ? now : null,
  }
  run.steps.set(step.id, known)
  moveSlots(state.slots, step, false, running)
  if (step.status === 'ready')
    addReady(state, known, notBefore !== undefined && Date.parse(notBefore) > at.getTime())
  changes.newSteps.set(step.id, {
    id: step.id,
    run_id: run.id,
    node_id: step.nodeId,
    path: step.path,
    ordinal: step.ordinal,
    label: step.label,
    status: step.status,
    attempt: step.attempt,
    input_id: step.inputId,
    input_port: step.inputPort,
    entry: step.entry,
    holds: step.holds,
    needs_local: step.needsLocal,
    needs_external: step.needsExternal,
    lease_owner: step.leaseOwner,
    lease_until: step.leaseOwner === null ? null : later(at, LEASE_SECONDS * 1_000),
    not_before: notBefore ?? now,
    has_failure: false,
    failure: null,
    started_at: known.startedAt,
    finished_at: isOver(step.status) ? now : null,
    attempts: step.attempts,
    resumed_from: step.resumedFrom,
  })
}

function changeStep(
  state: RunState,
  change: NonNullable<RunWrites['stepChanges']>[number],
  changes: Changes,
): void {
  const { run, at } = state
  const step = run.steps.get(change.id)
  if (!step) return
  const now = at.toISOString()
  const starts = change.status === 'running' && (step.status !== 'running' || step.attempt !== change.attempt)
  const waits = change.status === 'ready' && step.status !== 'ready'
  const notBefore = notBeforeOf(at, change, waits)
  const ended = change.finishedAttempt && {
    ...change.finishedAttempt,
    startedAt: step.startedAt ?? now,
    finishedAt: now,
  }
  const next: StepRecord = {
    ...step,
    status: change.status,
    attempt: change.attempt,
    leaseOwner: change.leaseOwner,
    startedAt: starts ? now : step.startedAt,
    attempts: ended ? [...step.attempts, ended] : step.attempts,
    resumedFrom: change.resumedFrom ?? step.resumedFrom,
  }
  run.steps.set(step.id, next)
  moveSlots(state.slots, step, step.status === 'running', next.status === 'running')
  const delayed =
    notBefore === null
      ? state.delayed.has(step.id)
      : notBefore === NEVER || Date.parse(notBefore) > at.getTime()
  state.delayed.delete(step.id)
  run.ready = run.ready.filter((ready) => ready.id !== step.id)
  if (next.status === 'ready') addReady(state, next, delayed)
  else if (next.status === 'waiting' && delayed) state.delayed.add(step.id)
  if (step.status === 'running' && next.status !== 'running' && (step.needsLocal || step.needsExternal)) {
    changes.endedStreams.push({ run_id: run.id, step_id: step.id })
  }

  const created = changes.newSteps.get(step.id)
  const before = created ?? changes.changedSteps.get(step.id)
  const leaseSeconds = change.leaseSeconds ?? (starts ? LEASE_SECONDS : null)
  const row: StepState = {
    id: step.id,
    status: next.status,
    attempt: next.attempt,
    lease_owner: next.leaseOwner,
    lease_until: leaseSeconds === null ? (before?.lease_until ?? null) : later(at, leaseSeconds * 1_000),
    not_before: notBefore ?? before?.not_before ?? null,
    has_failure: change.failure !== undefined || before?.has_failure === true,
    failure: change.failure === undefined ? (before?.failure ?? null) : change.failure,
    started_at: next.startedAt,
    finished_at: isOver(next.status) ? now : null,
    attempts: next.attempts,
    resumed_from: next.resumedFrom,
  }
  if (created) changes.newSteps.set(step.id, { ...created, ...row })
  else changes.changedSteps.set(step.id, row)
}

function addReady({ run, delayed }: RunState, step: StepRecord, isDelayed: boolean): void {
  if (isDelayed) delayed.add(step.id)
  const at = run.ready.findIndex((other) => compareOrdinals(step.ordinal, other.ordinal) < 0)
  run.ready = at < 0 ? [...run.ready, step] : run.ready.toSpliced(at, 0, step)
}

const later = (at: Date, ms: number): string => new Date(at.getTime() + ms).toISOString()

/** When a changed step may be taken, or goes on if it waits; null where that stays as it is. */
function notBeforeOf(
  at: Date,
  { due, delayMs }: NonNullable<RunWrites['stepChanges']>[number],
  waits: boolean,
): string | null {
  if (due !== undefined) return due === null ? NEVER : dueAt(due, at)
  if (delayMs !== undefined) return later(at, delayMs)
  return waits ? at.toISOString() : null
}

const isOver = (status: StepStatus): boolean => !['ready', 'running', 'waiting'].includes(status)
