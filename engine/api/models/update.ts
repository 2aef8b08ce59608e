import { z } from 'zod'
import { modelConfigurationSchema } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { modelChoiceShape } from './schemas.ts'

export const update = protectedProcedure('model:manage')
  .input(z.strictObject({ id: idSchema, ...modelChoiceShape }))
  .output(modelConfigurationSchema)
  .mutation(async ({ ctx, input }) => {
    const changed = await ctx.services.stores.models.update(actingOf(ctx), input)
    if (!changed) throw notFound('model', input.id)
    return changed
  })
