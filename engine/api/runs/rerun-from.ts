import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { onceSchema, startOptions, startedSchema } from './schemas.ts'

const MAX_EDITED = 500
const MAX_ITEM_PATH = 400

/** A new run in which this node and all that follows it runs; everything else is taken over. */
export const rerunFrom = protectedProcedure('run:start')
  .input(
    z.strictObject({
      runId: idSchema,
      nodeId: idSchema,
      /** Changed items by their paths, which `runs.inputs` lists. */
      input: z
        .record(z.string().min(1).max(MAX_ITEM_PATH), z.json())
        .refine((items) => Object.keys(items).length <= MAX_EDITED, `at most ${MAX_EDITED} items`)
        .optional(),
      /** The flow as its draft is now, in place of what the run worked through. */
      useDraft: z.boolean().optional(),
      ...onceSchema.shape,
    }),
  )
  .output(startedSchema)
  .mutation(async ({ ctx, input: { idempotencyKey, ...wish } }) => {
    const options = startOptions(ctx, idempotencyKey)
    if (wish.useDraft) {
      const flow = await ctx.services.stores.owners.ofRun(ctx.organisationId, wish.runId)
      if (flow?.id) await ctx.drafts.flush(flow.id)
    }
    return ctx.services.runService.rerunFrom(ctx.organisationId, wish, options)
  })
