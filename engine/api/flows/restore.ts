import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { flowDetailSchema } from './schemas.ts'

/** Undoes `flows.remove`. */
export const restore = protectedProcedure('flow:remove')
  .input(byId)
  .output(flowDetailSchema)
  .mutation(async ({ ctx, input: { id } }) => {
    const flow = await ctx.services.stores.flows.restore(ctx.organisationId, id)
    if (!flow) throw notFound('flow', id)
    return flow
  })
