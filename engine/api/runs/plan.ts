import { z } from 'zod'
import { findingSchema, planSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { runWishSchema } from './schemas.ts'

/** What a run would do and cost, without doing it. The plan is null when the findings hold an error. */
export const plan = protectedProcedure('run:start')
  .input(runWishSchema)
  .output(z.object({ plan: planSchema.nullable(), findings: z.array(findingSchema) }))
  .query(async ({ ctx, input: { target, input, trial } }) => {
    if ('flowId' in target) await ctx.drafts.flush(target.flowId)
    return ctx.services.runService.plan(ctx.organisationId, target, input, trial)
  })
