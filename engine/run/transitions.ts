/**
 * What can happen to a run beside the end of a step, as pure functions from the run under its lock to what is written.
 *
 * R3: a transition of a step is fenced by its attempt and its lease: after the lease was lost it writes nothing.
 * R4: a step in a terminal state has no transition left.
 */
import { type Failure, NO_USAGE, TERMINAL_RUN_STATUSES, addUsage } from '#graph'
import { type Change, type CompiledRun, changeOf, say, stepRef, written } from './change.ts'
import { type Followed, type Holder, followed, held, nothing } from './followed.ts'
import type { CallRecord, LockedRun, RunProgress, RunWrites, StepRecord } from './interfaces.ts'
import { type GivenStep, giveNodes } from './given.ts'
import { nearing } from './limits/run-budget.ts'
import { endOpen } from './end-open.ts'
import { claim, settle } from './settle.ts'
import { resume } from './waits.ts'

export function emptyProgress(compiled: CompiledRun): RunProgress {
  const nodes = Object.fromEntries(
    compiled.flow.order.map((id) => [
      id,
      { open: 0, succeeded: 0, failed: 0, started: false, closed: false },
    ]),
  )
  return {
    nodes,
    items: {},
    ready: 0,
    waiting: 0,
    slots: { local: 0, external: 0 },
    stop: null,
    withoutWinner: false,
    delivered: false,
    firstFailure: null,
    usage: NO_USAGE,
  }
}

/** The first writes of a run: what is given has succeeded, its roots and what works on what was given are ready. */
export function begin(
  compiled: CompiledRun,
  given: readonly GivenStep[] = [],
): RunWrites & { newSteps: StepRecord[] } {
  const { snapshot } = compiled
  const run: LockedRun = {
    id: snapshot.id,
    organisationId: snapshot.organisationId,
    status: 'queued',
    cancelRequested: false,
    progress: emptyProgress(compiled),
    seq: 0,
    steps: new Map(),
    ready: [],
    waiting: [],
    delayed: new Set(),
    shares: null,
  }
  const change = changeOf(run, compiled, given)
  change.writes.status = 'running'
  const { plan } = snapshot
  say(change, { type: 'run.started', plannedSteps: plan.steps.length, plannedDrafts: plan.drafts })
  giveNodes(change)
  settle(change)
  return { ...written(change), newSteps: change.newSteps }
}

/**
 * A worker looks at a run because of a hint: it takes that step, and others while it has room. A waiting step whose
 * time has come by the database's clock goes on; a hint that comes before its time does nothing.
 */
export function look(run: LockedRun, compiled: CompiledRun, worker: string, room: number): Followed {
  if (run.cancelRequested || (run.status !== 'running' && run.status !== 'waiting')) return nothing
  const hinted = [...run.steps.values()].filter((step) => step.status === 'ready')
  const others = run.ready.filter((step) => !run.steps.has(step.id))
  const due = [...run.steps.values()].filter(({ id, status }) => status === 'waiting' && !run.delayed.has(id))
  const change = changeOf(run, compiled)
  const resumed = due.map((step) => resume(change, step, { cause: 'due', value: null, by: null }))
  change.run = { ...run, ready: [...hinted, ...resumed, ...others] }
  const claims = claim(change, worker, room)
  const changed = resumed.length > 0 || claims.claimed.length > 0
  return changed ? followed(change, claims) : { ...nothing, left: claims.left }
}

/** What ends a run wants of it: every step that is ready or waits, more than a run can have. */
export const ALL_OPEN = { wantReady: 1_000_000, delayedToo: true, waitingToo: true } as const

/** Cancel is final: nothing new starts, waiting steps end here, running ones end when their workers report. */
export function cancel(run: LockedRun, compiled: CompiledRun, by: string): Followed {
  if (TERMINAL_RUN_STATUSES.includes(run.status) || run.cancelRequested) return nothing
  const change = changeOf(run, compiled)
  say(change, { type: 'run.cancelling', by })
  return windDown(change)
}

/** The run has come to a limit: it ends as a cancelled one does, but failed, with this as the reason. */
export function stop(run: LockedRun, compiled: CompiledRun, failure: Failure): Followed {
  if (TERMINAL_RUN_STATUSES.includes(run.status) || run.cancelRequested) return nothing
  const change = changeOf(run, compiled)
  change.progress.stop = failure
  say(change, { type: 'run.stopping', failure })
  return windDown(change)
}

function windDown(change: Change): Followed {
  endOpen(change)
  settle(change)
  return followed(change, { claimed: [], left: [] })
}

/** A model call is finished: from this commit on it is never made again (R4). */
export function recordCall(
  run: LockedRun,
  compiled: CompiledRun,
  holder: Holder,
  call: CallRecord,
): Followed {
  const step = held(run, holder)
  if (!step) return nothing
  const change = changeOf(run, compiled)
  const before = change.progress.usage
  change.progress.usage = addUsage(before, call.usage)
  change.writes.calls.push(call)
  say(change, {
    type: 'call.finished',
    ...stepRef(step),
    callId: call.id,
    purpose: call.purpose,
    model: call.model,
    text: call.text,
    usage: call.usage,
    durationMs: call.durationMs,
  })
  say(change, ...nearing(compiled.snapshot.flow.limits.budget, before, change.progress.usage))
  return followed(change, { claimed: [], left: [] })
}

export function reportProgress(
  run: LockedRun,
  compiled: CompiledRun,
  holder: Holder,
  message: string,
): Followed {
  const step = held(run, holder)
  if (!step) return nothing
  const change = changeOf(run, compiled)
  say(change, { type: 'step.progress', ...stepRef(step), message })
  return followed(change, { claimed: [], left: [] })
}
