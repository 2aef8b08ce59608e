import { callablesSchema } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Published flows of the flow's team and of the whole organisation, which its nodes could run, and which those run. */
export const callable = protectedProcedure('flow:read')
  .input(byId)
  .output(callablesSchema)
  .query(async ({ ctx, input }) => {
    const flow = await ctx.services.stores.owners.ofFlow(ctx.organisationId, input.id)
    if (!flow) throw notFound('flow', input.id)
    return ctx.services.runService.callables(ctx.organisationId, flow.id)
  })
