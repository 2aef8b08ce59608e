/** What a step can wait for instead of putting something out. While it waits it holds no worker and no isolate. */
import { z } from 'zod'
import { runsWait } from './child-runs.ts'
import { MAX_SECONDS } from './durations.ts'

export const NODE_WAIT_KINDS = ['timer', 'callback', 'approval', 'runs'] as const
export type NodeWaitKind = (typeof NODE_WAIT_KINDS)[number]

/**
 * A moment: in so many seconds, or at a date-time (`2026-03-01T09:00:00Z`; without an offset, `2026-03-01T09:00`, it is
 * read in the IANA zone `timeZone`, UTC where none is named). Exactly one of the two.
 */
const moment = {
  seconds: z.number().min(0).max(MAX_SECONDS).optional(),
  until: z.iso.datetime({ offset: true, local: true }).optional(),
  timeZone: z.string().min(1).max(100).optional(),
}
const isOneMoment = ({ seconds, until }: { seconds?: number; until?: string }) =>
  (seconds === undefined) !== (until === undefined)
const ONE_MOMENT = 'either `seconds` or `until`'

export const momentSchema = z.strictObject(moment).refine(isOneMoment, ONE_MOMENT)
export type Moment = z.infer<typeof momentSchema>

/** Given back when the step goes on, next to what came of the wait. */
const carry = z.json().optional()
/** When the step goes on without an answer. */
const deadline = momentSchema.optional()

/** Somebody, or an earlier step, that what was sent back goes to. `again`: who else works on it then, in order. */
export const sendBackSchema = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string().max(200),
  again: z.array(z.string().max(200)).max(50),
})
export type SendBack = z.infer<typeof sendBackSchema>

export const waitSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('timer'), ...moment, carry }).refine(isOneMoment, ONE_MOMENT),
  z.strictObject({ kind: z.literal('callback'), deadline, carry }),
  z.strictObject({
    kind: z.literal('approval'),
    /** What is decided on: each decision is bound to its hash. */
    content: z.json(),
    /** Ids of roles; empty for everybody who may decide. */
    assignees: z.array(z.string().min(1).max(200)).max(50),
    /** How many people have to approve the same content. */
    quorum: z.number().int().min(1).max(20),
    instructions: z.string().max(5_000),
    /** Whom the node itself can send it back to; earlier steps that take notes are added. Null: it can't be sent back. */
    sendBackTo: z.array(sendBackSchema).max(50).nullable(),
    deadline,
    carry,
  }),
  z.strictObject({ ...runsWait, deadline, carry }),
])
export type WaitSpec = z.infer<typeof waitSchema>

/** What came of a wait. `expired`: its deadline passed without an answer, so `value` is null. */
export interface Resumed {
  kind: NodeWaitKind
  expired: boolean
  value: z.infer<ReturnType<typeof z.json>>
  carry: z.infer<ReturnType<typeof z.json>>
}

/** A plugin may bring a copy of this file of its own: the mark is the same in all of them. */
const WAIT = Symbol.for('pressroom.wait')

export interface Wait {
  readonly [WAIT]: WaitSpec
}

/** What `run` returns to wait. It is called again, with `resumed`, when there is an answer. */
export const wait = (spec: WaitSpec): Wait => ({ [WAIT]: spec })

/** The wait that a node returned; null where it returned outputs. Not checked. */
export function waitIn(returned: unknown): unknown {
  if (typeof returned !== 'object' || returned === null || !Object.hasOwn(returned, WAIT)) return null
  return Reflect.get(returned, WAIT)
}
