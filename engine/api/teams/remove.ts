import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** `flowsTo`: the team that gets its flows; null shows them to the whole organisation, so it has to be said. */
export const remove = protectedProcedure('team:manage')
  .input(z.strictObject({ id: idSchema, flowsTo: idSchema.nullable() }))
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input }) => {
    if (!(await ctx.services.stores.teams.remove(actingOf(ctx), input))) throw notFound('team', input.id)
    return { id: input.id }
  })
