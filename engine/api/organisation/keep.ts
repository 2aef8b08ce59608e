import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { organisationSchema, retentionSchema } from './schemas.ts'

/** How long runs and their logs are kept; a worker deletes what is older. */
export const keep = protectedProcedure('policy:manage')
  .input(retentionSchema)
  .output(organisationSchema)
  .mutation(async ({ ctx, input }) => {
    const changed = await ctx.services.stores.organisations.keep(actingOf(ctx), input)
    if (!changed) throw notFound('organisation', ctx.organisationId)
    return changed
  })
