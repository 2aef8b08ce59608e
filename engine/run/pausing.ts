/**
 * Pause starts no new call: nothing ready is taken, and a running step is given back at its next model call. Steps that
 * run to their end without one are concluded, answers to waits are taken, and what follows from both is ready for later.
 * Pure.
 */
import { TERMINAL_RUN_STATUSES } from '#graph'
import { type CompiledRun, changeOf, openStatus, say } from './change.ts'
import { type Followed, followed, nothing } from './followed.ts'
import type { LockedRun } from './interfaces.ts'

export function pause(run: LockedRun, compiled: CompiledRun, by: string): Followed {
  const over = TERMINAL_RUN_STATUSES.includes(run.status) || run.cancelRequested
  if (over || run.status === 'paused') return nothing
  const change = changeOf(run, compiled)
  change.writes.status = 'paused'
  say(change, { type: 'run.paused', by })
  return followed(change, { claimed: [], left: [] })
}

/** `left` holds the steps to hint at. */
export function unpause(run: LockedRun, compiled: CompiledRun, by: string): Followed {
  if (run.status !== 'paused' || run.cancelRequested) return nothing
  const change = changeOf(run, compiled)
  change.writes.status = openStatus(change)
  say(change, { type: 'run.resumed', by })
  return followed(change, { claimed: [], left: run.ready })
}
