/** Rows of waits that begin and of answers to them. Pure. */
import type { Due } from '#graph'
import type { RunsWait, WaitAnswer, WaitRecord } from '#run/interfaces.ts'
import { contentHash } from './content-hash.ts'

export interface WaitRows {
  /** Waits that begin, by step and attempt. */
  waits: Map<string, Record<string, unknown>>
  /** Of the waits for approvals: what is decided on, which edits may change. */
  approvals: Record<string, unknown>[]
  /** Of the waits for runs: the runs that are to begin. */
  children: Record<string, unknown>[]
  answers: Record<string, unknown>[]
}

export const noWaits = (): WaitRows => ({ waits: new Map(), approvals: [], children: [], answers: [] })

const keyOf = ({ stepId, attempt }: { stepId: string; attempt: number }) => `${stepId} ${attempt}`

export function addWait(rows: WaitRows, runId: string, at: Date, wait: WaitRecord): void {
  const { stepId, attempt, kind, spec, carry, tokenHash, due } = wait
  rows.waits.set(keyOf(wait), {
    run_id: runId,
    step_id: stepId,
    attempt,
    kind,
    spec,
    carry,
    token_hash: tokenHash,
    due_at: due && dueAt(due, at),
    created_at: at,
  })
  rows.children.push(...childRows(runId, wait))
  if (kind === 'approval') rows.approvals.push(approvalRow(runId, at, wait))
}

function childRows(runId: string, { stepId, attempt, spec, runs = [] }: WaitRecord) {
  const { parallel, detached = false } = spec as Pick<RunsWait, 'parallel' | 'detached'>
  return runs.map((run, place) => ({
    parent_run_id: runId,
    step_id: stepId,
    attempt,
    place,
    run_id: run,
    parallel,
    detached,
  }))
}

function approvalRow(runId: string, at: Date, { stepId, attempt, spec }: WaitRecord) {
  const content = typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? spec['content'] : null
  return {
    id: `${stepId}.${attempt}`,
    run_id: runId,
    step_id: stepId,
    attempt,
    content,
    content_hash: contentHash(content ?? null),
    created_at: at,
  }
}

/** One statement can't update the row that it inserts: an answer that shares the commit of its wait goes into its row. */
export function addAnswer(rows: WaitRows, at: Date, answer: WaitAnswer): void {
  const { stepId, attempt, cause, value, by } = answer
  const row = { cause, value, answered_by: by, answered_at: at }
  const begun = rows.waits.get(keyOf(answer))
  if (begun) Object.assign(begun, row)
  else rows.answers.push({ step_id: stepId, attempt, ...row })
}

export const dueAt = (due: Due, at: Date): string =>
  'at' in due ? due.at : new Date(at.getTime() + due.afterMs).toISOString()
