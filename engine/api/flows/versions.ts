import { z } from 'zod'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { publishedVersionSchema } from './schemas.ts'

/** Newest first. */
export const versions = protectedProcedure('flow:read')
  .input(byId)
  .output(z.array(publishedVersionSchema.extend({ createdByName: z.string().nullable() })))
  .query(async ({ ctx, input: { id } }) => {
    const found = await ctx.services.stores.flows.versions(ctx.organisationId, id)
    if (!found) throw notFound('flow', id)
    return found
  })
