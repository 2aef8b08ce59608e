import { z } from 'zod'
import { childSummarySchema } from '#graph'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** The runs of other flows that the run's steps start, and what became of them. */
export const children = protectedProcedure('run:read')
  .input(byId)
  .output(z.array(childSummarySchema))
  .query(async ({ ctx, input }) => {
    const found = await ctx.services.stores.reader.children(ctx.organisationId, input.id)
    if (!found) throw notFound('run', input.id)
    return found
  })
