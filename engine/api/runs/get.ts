import { runDocumentSchema } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

export const get = protectedProcedure('run:read')
  .input(byId)
  .output(runDocumentSchema)
  .query(async ({ ctx, input }) => {
    const document = await ctx.services.stores.reader.document(ctx.organisationId, input.id)
    if (!document) throw notFound('run', input.id)
    return document
  })
