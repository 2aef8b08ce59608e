import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { organisationSchema } from './schemas.ts'

export const rename = protectedProcedure('organisation:manage')
  .input(z.strictObject({ name: nameSchema }))
  .output(organisationSchema)
  .mutation(async ({ ctx, input: { name } }) => {
    const renamed = await ctx.services.stores.organisations.rename(actingOf(ctx), name)
    if (!renamed) throw notFound('organisation', ctx.organisationId)
    return renamed
  })
