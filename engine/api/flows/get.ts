import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { flowDetailSchema } from './schemas.ts'

export const get = protectedProcedure('flow:read')
  .input(byId)
  .output(flowDetailSchema)
  .query(async ({ ctx, input }) => {
    const flow = await ctx.services.stores.flows.get(ctx.organisationId, input.id)
    if (!flow) throw notFound('flow', input.id)
    return flow
  })
