import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Takes somebody out of the organisation, with their keys. Their account stays: it may belong to others too. */
export const remove = protectedProcedure('member:manage')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    const removed = await ctx.services.stores.members.remove(actingOf(ctx), ctx.principal, id)
    if (!removed) throw notFound('member', id)
    return { id }
  })
