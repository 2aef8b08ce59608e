/** What is kept of runs that steps start, beside the executor's own interfaces in `../interfaces.ts`. */
import type { Failure, RunStatus, Usage, WaitSpec } from '#graph'
import type { StepRef } from '../interfaces.ts'

export type RunsWait = Extract<WaitSpec, { kind: 'runs' }>

/** The step that a run was started by. */
export interface RunParent {
  runId: string
  stepId: string
  attempt: number
  place: number
  /** 1 for the run of a run that nobody's step started. */
  depth: number
}

/** A run that a step waits for, or is to. `place`: of its input in the wait. */
export interface ChildState {
  place: number
  runId: string
  tries: number
  started: boolean
  ended: boolean
  /** It has not begun and nobody is beginning it. */
  free: boolean
  /** With its parent. */
  paused: boolean
  /** Of its run; null where there is none. */
  status: RunStatus | null
  usage: Usage
  /** Why there is no run. */
  failure: Failure | null
}

/** A step with runs of its own, as it stands. */
export interface ChildrenState {
  /** It waits for them still, and its run is not to end. */
  waits: boolean
  paused: boolean
  startedBy: string | null
  /** What its run has used itself. */
  used: Usage
  /** The published flow that is to be run, by the id in the wait; null where there is none that its flow may run. */
  flowId: string | null
  wait: RunsWait
  /** By place. */
  children: ChildState[]
}

/** What is to be done about the runs of a step: by place, and for what has to be noted first, noted already. */
export interface Moves {
  /** Begun by whoever gets this, soon, or by somebody else later. */
  start: number[]
  /** Never begun. */
  drop: number[]
  /** They were there, and are there no more. */
  gone: number[]
  cancel: number[]
  pause: number[]
  resume: number[]
  /** All have ended, and the step is to have what they came to. */
  answer: boolean
  /** There will never be anything to do again. */
  settled: boolean
}

export type ChildNote =
  | { started: true }
  | { refused: Failure }
  | { tryAgainInMs: number }
  /** It goes on with its parent. */
  | { resumed: true }

export interface ChildRuns {
  /** Steps that something is to be done about, in every organisation. */
  due(limit: number): Promise<StepRef[]>
  /** Steps of a run that are not settled. */
  stepsOf(organisationId: string, runId: string): Promise<StepRef[]>
  /** One process at a time looks at a step; what it decides on is durable before it acts. Null where nothing is open. */
  decide(
    step: StepRef,
    decide: (state: ChildrenState) => Moves,
  ): Promise<{ state: ChildrenState; moves: Moves } | null>
  note(step: StepRef, place: number, note: ChildNote): Promise<void>
}
