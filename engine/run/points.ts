/**
 * Places that lie between two durable effects. Those who come past one say so; the product listens to none of them, and
 * the fault harness stops a process at each (`testing/faults`). A point that no run comes past is a failed test.
 */
export const POINTS = [
  /** The run is in the database, and nobody was told. */
  'run.created',
  'hints.leaving',
  'hints.added',
  /** A hint is in hand, and its run was not looked at yet. */
  'hint.taken',
  /** All that came of a hint has ended, and the queue does not know. */
  'hint.handled',
  'commit.begins',
  'commit.done',
  'step.claimed',
  'step.ran',
  /** The step's end and the claims of what follows are durable. */
  'step.ended',
  /** No finished call was found: it is about to be made. */
  'call.missing',
  /** The reply is there and not durable. */
  'call.replied',
  'call.recorded',
  'lease.expired',
  'cancel.written',
  /** Runs of a step are to be begun by this process, durably, and are not. */
  'children.claimed',
  /** The run of a step has begun, and it is not noted. */
  'child.started',
  /** All runs of a step have ended, and it waits still. */
  'children.ended',
] as const
export type Point = (typeof POINTS)[number]

/** Which step it is about, where it is about one. */
export interface Passing {
  stepId?: string
  nodeId?: string
  path?: string
}

export type At = (point: Point, passing?: Passing) => void

export const unobserved: At = () => {}
