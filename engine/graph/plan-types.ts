import { z } from 'zod'
import { NODE_WAIT_KINDS } from '#sdk'

/** A step that is known before the run starts. `conditional`: it may turn out not to be needed. */
export const plannedStepSchema = z.object({
  nodeId: z.string(),
  nodeTitle: z.string(),
  nodeType: z.string(),
  path: z.string(),
  label: z.string(),
  models: z.array(z.object({ id: z.string(), label: z.string(), provider: z.string(), local: z.boolean() })),
  maxCalls: z.number().int().nonnegative(),
  conditional: z.boolean(),
  /** Runs of another flow that it starts: which, and how many at most. */
  runs: z.object({ flow: z.string(), max: z.number().int() }).optional(),
  /** What it may wait for, holding nothing. */
  waits: z.array(z.enum(NODE_WAIT_KINDS)).optional(),
})
export type PlannedStep = z.infer<typeof plannedStepSchema>

/** What a run will do. `drafts`: finished drafts (those that no further editor takes up). `maxCalls`: upper bound. */
export const planSchema = z.object({
  drafts: z.number().int().nonnegative(),
  steps: z.array(plannedStepSchema),
  maxCalls: z.number().int().nonnegative(),
  /** Calls per destination: what leaves the building is told apart from what stays. */
  destinations: z.array(
    z.object({
      model: z.string(),
      label: z.string(),
      provider: z.string(),
      local: z.boolean(),
      maxCalls: z.number(),
    }),
  ),
  /** Runs of other flows, and of those that they run, at most; their calls are in `maxCalls` and `destinations`. */
  runs: z.number().int().nonnegative().optional(),
  /** False where branches or unbounded outputs make some steps conditional. */
  exact: z.boolean(),
})
export type Plan = z.infer<typeof planSchema>
