import { type Change, ends, written } from './change.ts'
import type { LockedRun, OutputRecord, RunWrites, StepRecord } from './interfaces.ts'
import type { Claims } from './settle.ts'

export interface Holder {
  worker: string
  stepId: string
  attempt: number
}

/** What a transition came to, beside its writes. `held` is false when the lease had been lost. */
export interface Followed extends Claims {
  held: boolean
  writes: RunWrites | null
  outputs: OutputRecord[]
  /** A step that is to be looked at after a while: a new attempt, or a wait whose time has come. */
  later: { step: StepRecord; delayMs: number } | null
  ended: boolean
  /** What others of the organisation may take now. */
  freed: string[]
}

export const nothing: Followed = {
  held: false,
  writes: null,
  outputs: [],
  claimed: [],
  left: [],
  later: null,
  ended: false,
  freed: [],
}

/** R3: the step, as long as it is this worker's in this attempt; null once the lease was lost. */
export function held(run: LockedRun, holder: Holder): StepRecord | null {
  const step = run.steps.get(holder.stepId)
  if (!step || step.status !== 'running') return null
  return step.attempt === holder.attempt && step.leaseOwner === holder.worker ? step : null
}

export function followed(change: Change, claims: Claims, rest: Partial<Followed> = {}): Followed {
  return {
    ...nothing,
    held: true,
    writes: written(change),
    outputs: change.writes.outputs,
    ended: ends(change),
    freed: [...change.freed],
    ...claims,
    ...rest,
  }
}
