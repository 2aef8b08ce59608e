/**
 * What follows from a change, worked out under the run's lock: which nodes are complete, which `all` nodes may start,
 * whether the run has ended, and which ready steps this worker takes at once (R7). Pure.
 */
import type { CompiledNode } from '#graph'
import {
  type Change,
  LEASE_SECONDS,
  addSteps,
  endRun,
  ends,
  nodeOf,
  nodeProgress,
  say,
  stepRef,
} from './change.ts'
import { stepId } from './ids.ts'
import type { StepRecord } from './interfaces.ts'
import { mayTake, moveShares } from './limits/slots.ts'

/** Closes nodes that are complete, starts `all` nodes whose inputs are, and ends the run when nothing is left. */
export function settle(change: Change): void {
  const { flow } = change.compiled
  const stopping = change.run.cancelRequested || change.writes.cancelRequested === true
  for (const id of flow.order) {
    const compiled = nodeOf(change, id)
    const progress = nodeProgress(change, id)
    if (progress.closed) continue
    const complete = compiled.upstream.every((upstream) => nodeProgress(change, upstream).closed)
    if (!complete) continue
    if (compiled.manifest.mode === 'all' && !progress.started && !stopping) {
      progress.started = true
      if (arrived(change, compiled)) addSteps(change, compiled, null)
      else skip(change, compiled)
    }
    if (progress.open === 0) progress.closed = true
  }
  endWhenDone(change, stopping)
}

function arrived(change: Change, compiled: CompiledNode): boolean {
  if (compiled.incoming.length === 0) return true
  return compiled.incoming.some(
    (edge) => (change.progress.items[`${edge.source.node}.${edge.source.port}`] ?? 0) > 0,
  )
}

function skip(change: Change, compiled: CompiledNode): void {
  const { id, organisationId } = change.run
  const step: StepRecord = {
    id: stepId(id, compiled.node.id, ''),
    runId: id,
    organisationId,
    nodeId: compiled.node.id,
    path: '',
    ordinal: [],
    label: compiled.title,
    status: 'skipped',
    attempt: 0,
    inputId: null,
    inputPort: null,
    entry: null,
    holds: [],
    needsLocal: false,
    needsExternal: false,
    leaseOwner: null,
    startedAt: null,
    attempts: [],
    resumedFrom: null,
  }
  change.newSteps.push(step)
  const from = compiled.upstream.map((upstream) => nodeOf(change, upstream).title).join(' and ')
  say(change, { type: 'step.skipped', ...stepRef(step), reason: `Nothing arrived from ${from}.` })
}

function endWhenDone(change: Change, stopping: boolean): void {
  const nodes = Object.values(change.progress.nodes)
  if (nodes.some((node) => node.open > 0)) return
  const { stop } = change.progress
  if (stopping) return endRun(change, stop ? 'failed' : 'cancelled', stop)
  if (nodes.some((node) => !node.closed)) return
  const { delivered, withoutWinner, firstFailure } = change.progress
  if (!delivered && firstFailure) return endRun(change, 'failed', firstFailure)
  endRun(change, withoutWinner ? 'succeeded_without_winner' : 'succeeded', null)
}

/** Steps taken by this worker in the same commit, and ready ones left for others. */
export interface Claims {
  claimed: StepRecord[]
  left: StepRecord[]
}

/** Takes ready steps in the flow's order while this worker has room and the run has model slots (R7, R8). */
export function claim(change: Change, worker: string, room: number): Claims {
  const claims: Claims = { claimed: [], left: [] }
  if (ends(change) || change.run.cancelRequested || change.run.status === 'paused') return claims
  for (const step of change.run.ready) {
    const gone = change.writes.stepChanges.some(({ id, status }) => id === step.id && status !== 'ready')
    if (gone || !slotFree(change, step)) continue
    if (claims.claimed.length >= room) {
      claims.left.push(step)
      continue
    }
    const taken = take(change, step, worker)
    change.writes.stepChanges.push({
      id: step.id,
      status: 'running',
      attempt: taken.attempt,
      leaseOwner: worker,
      leaseSeconds: LEASE_SECONDS,
    })
    claims.claimed.push(taken)
  }
  change.newSteps = change.newSteps.map((step) => {
    if (step.status !== 'ready' || !slotFree(change, step)) return step
    if (claims.claimed.length >= room) {
      claims.left.push(step)
      return step
    }
    const taken = take(change, step, worker)
    claims.claimed.push(taken)
    return taken
  })
  return claims
}

function slotFree(change: Change, step: StepRecord): boolean {
  const { maxLocalConcurrent, maxCloudConcurrent } = change.compiled.snapshot.flow.limits
  const { slots } = change.progress
  if (step.needsLocal && slots.local >= maxLocalConcurrent) return false
  if (step.needsExternal && slots.external >= maxCloudConcurrent) return false
  return mayTake(change.shares, step)
}

function take(change: Change, step: StepRecord, worker: string): StepRecord {
  const taken: StepRecord = { ...step, status: 'running', attempt: step.attempt + 1, leaseOwner: worker }
  const { slots } = change.progress
  change.progress.ready -= 1
  if (step.needsLocal) slots.local += 1
  if (step.needsExternal) slots.external += 1
  moveShares(change.shares, step, 'taken')
  const { models } = change.compiled.planned(step.nodeId, step.path)
  say(change, { type: 'step.started', ...stepRef(taken), models: models.map(({ id }) => id) })
  return taken
}

/** Gives back what `take` took. */
export function release(change: Change, step: StepRecord): void {
  const { slots } = change.progress
  if (step.needsLocal) slots.local -= 1
  if (step.needsExternal) slots.external -= 1
  moveShares(change.shares, step, 'given back')
  for (const resource of step.holds) change.freed.add(resource)
}
