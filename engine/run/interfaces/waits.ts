/** Waits of steps: what the executor writes of them, and what comes in from outside. */
import type { Due, WaitKind } from '#graph'
import type { Json, StepRef } from '../interfaces.ts'

/** A wait that begins. A step waits once per attempt. */
export interface WaitRecord {
  stepId: string
  attempt: number
  kind: WaitKind
  spec: Json
  carry: Json
  /** Of the token in a callback's address. */
  tokenHash: string | null
  due: Due | null
  /** Of a wait for runs: their ids, in the order of its inputs. */
  runs?: string[]
}

/** What ended a wait. */
export interface WaitAnswer {
  stepId: string
  attempt: number
  cause: 'answered' | 'due'
  value: Json
  by: string | null
}

/** A wait that is not over, as people see it. */
export interface OpenWait {
  stepId: string
  attempt: number
  nodeId: string
  label: string
  kind: WaitKind
  since: string
  /** ISO time at which the step goes on without an answer. */
  until: string | null
  tokenHash: string | null
  /** Of an approval: how many of whom have to approve (ids of roles; none for everybody who may decide). */
  terms: { quorum: number; assignees: string[] } | null
}

/** The wait that a callback's token belongs to. `answered`: somebody has called already. */
export interface Callback extends StepRef {
  answered: boolean
}

/** Calls from outside that steps wait for. */
export interface Callbacks {
  /** The token in the address that an open wait is answered at; null where it is answered otherwise. */
  token(wait: Pick<OpenWait, 'stepId' | 'attempt' | 'tokenHash'>): string | null
  /** False where no step waits for this. A second call changes nothing and is told the same as the first. */
  answer(token: string, value: Json): Promise<boolean>
}
