/** What a run says of itself that takes over what an earlier one had finished. */
import { z } from 'zod'
import { RUN_STATUSES } from './events.ts'

export const REPLAY_KINDS = ['retry', 'rerun'] as const
export type ReplayKind = (typeof REPLAY_KINDS)[number]

export const replayFactsSchema = z.object({
  kind: z.enum(REPLAY_KINDS),
  /** Id of the earlier run, which may be gone. */
  of: z.string(),
  /** The node that runs again with all that follows it; null where what had not succeeded does. */
  node: z.string().nullable(),
  /** How many items were changed on their way into that node. */
  edited: z.number().int(),
  /** The flow is its draft of now, not what the earlier run worked through. */
  draft: z.boolean(),
  /** Steps that were taken over. */
  given: z.number().int(),
})
export type ReplayFacts = z.infer<typeof replayFactsSchema>

/** A run that was made of another one, as the other one lists it. */
export const madeOfSchema = z.object({
  id: z.string(),
  kind: z.enum(REPLAY_KINDS),
  status: z.enum(RUN_STATUSES),
  createdAt: z.string(),
})
