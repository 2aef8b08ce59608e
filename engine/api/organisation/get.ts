import { z } from 'zod'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { organisationSchema } from './schemas.ts'

export const get = protectedProcedure('member:read')
  .input(z.void())
  .output(organisationSchema)
  .query(async ({ ctx }) => {
    const found = await ctx.services.stores.organisations.get(ctx.organisationId)
    if (!found) throw notFound('organisation', ctx.organisationId)
    return found
  })
