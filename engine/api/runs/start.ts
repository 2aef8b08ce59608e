import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { runWishSchema } from './schemas.ts'

const MAX_SEED = 2_147_483_647

export const start = protectedProcedure('run:start')
  .input(runWishSchema.safeExtend({ seed: z.number().int().min(0).max(MAX_SEED).optional() }))
  .output(z.object({ runId: z.string() }))
  .mutation(async ({ ctx, input: { target, input, seed, trial } }) => {
    if ('flowId' in target) await ctx.drafts.flush(target.flowId)
    return ctx.services.runService.start(ctx.organisationId, target, input, {
      seed,
      trial,
      startedBy: ctx.principal.id,
    })
  })
