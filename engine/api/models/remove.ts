import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Nodes that name it say so until another is chosen; runs that have begun go on. */
export const remove = protectedProcedure('model:manage')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    if (!(await ctx.services.stores.models.remove(actingOf(ctx), id))) throw notFound('model', id)
    return { id }
  })
