import { runRecordSchema } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** The document of a run with its steps, their attempts and the event log. */
export const record = protectedProcedure('run:read')
  .input(byId)
  .output(runRecordSchema)
  .query(async ({ ctx, input }) => {
    const found = await ctx.services.stores.reader.record(ctx.organisationId, input.id)
    if (!found) throw notFound('run', input.id)
    return found
  })
