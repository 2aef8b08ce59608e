/** What can go wrong with a model server, switched on for the next calls. */
export const FAULTS = [
  'none',
  /** Connections are dropped before a word. */
  'down',
  'hang-before-first-chunk',
  'hang-after-first-chunk',
  /** Half a reply, then a proper end without `done`. */
  'half-stream',
  /** Half a reply, then the connection dies. */
  'dropped-stream',
  'malformed-line',
  'error-line',
  'model-missing',
  'overloaded',
  'refused',
  'server-error',
  /** A structured request is answered with prose. */
  'invalid-structured',
  /** A structured request is answered with JSON of another shape. */
  'misfit-structured',
  'slow',
] as const
export type Fault = (typeof FAULTS)[number]

export interface Counters {
  /** Requests to write something (chat and generate), whatever came of them. */
  calls: number
  /** Of these: answered to the end. */
  finished: number
  /** Of these: the client hung up before the end. */
  aborted: number
  faults: number
  pulls: number
}

/** The fault of the moment and for how many calls it still holds. */
export class FaultSwitch {
  fault: Fault = 'none'
  left = Infinity

  set(fault: Fault, times = Infinity): void {
    this.fault = fault
    this.left = times
  }

  take(): Fault {
    if (this.fault === 'none' || this.left <= 0) return 'none'
    this.left -= 1
    return this.fault
  }
}
