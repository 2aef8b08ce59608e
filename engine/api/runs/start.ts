import { z } from 'zod'
import { PRIORITIES } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { onceSchema, runWishSchema, startOptions, startedSchema } from './schemas.ts'

const MAX_SEED = 2_147_483_647

export const start = protectedProcedure('run:start')
  .input(
    runWishSchema.safeExtend({
      seed: z.number().int().min(0).max(MAX_SEED).optional(),
      priority: z.enum(PRIORITIES).optional(),
      ...onceSchema.shape,
    }),
  )
  .output(startedSchema)
  .mutation(async ({ ctx, input: { target, input, seed, trial, priority, idempotencyKey } }) => {
    const options = startOptions(ctx, idempotencyKey)
    if ('flowId' in target) await ctx.drafts.flush(target.flowId)
    return ctx.services.runService.start(ctx.organisationId, target, input, {
      seed,
      trial,
      priority,
      ...options,
    })
  })
