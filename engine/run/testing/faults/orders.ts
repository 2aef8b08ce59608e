import { z } from 'zod'
import { POINTS } from '../../points.ts'

/** What a process under test is told. */
export const ordersSchema = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string(),
  dataDir: z.string(),
  effects: z.string(),
  /** Seed of the model call that fails. */
  failing: z.number().nullable(),
  /** How long a model call takes at most. */
  latencyMs: z.number(),
  /** Kills itself as it comes past this point for this many times, in the step of this path if one is named. */
  stop: z.object({ point: z.enum(POINTS), times: z.number(), path: z.string().optional() }).nullable(),
  /** Starts a run of this flow; without one it works on what is there. */
  flowId: z.string().nullable(),
  /** Cancels its run as soon as this many model calls are recorded. */
  cancelAfterCalls: z.number().nullable(),
  /** How far its clock is off. */
  clockSkewMs: z.number(),
})
export type Orders = z.infer<typeof ordersSchema>
