import { z } from 'zod'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Takes the flow out of every list. Nothing is lost: `flows.restore` brings it back. */
export const remove = protectedProcedure('flow:remove')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    if (!(await ctx.services.stores.flows.remove(ctx.organisationId, id))) throw notFound('flow', id)
    ctx.drafts.disconnect(id)
    return { id }
  })
