import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** What writes wherever nobody chose a model; null for the best local model that answers. */
export const setUsual = protectedProcedure('model:manage')
  .input(z.strictObject({ id: idSchema.nullable() }))
  .output(z.object({ id: z.string().nullable() }))
  .mutation(async ({ ctx, input: { id } }) => {
    if (!(await ctx.services.stores.models.setUsual(actingOf(ctx), id))) throw notFound('model', id ?? 'auto')
    return { id }
  })
