import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** With its keys. */
export const remove = protectedProcedure('key:manage')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    if (!(await ctx.services.stores.serviceAccounts.remove(actingOf(ctx), id)))
      throw notFound('service_account', id)
    return { id }
  })
