import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

/** Whether one hears by mail of what waits for one's decision in the organisation that one works in. */
export const setMailNotices = protectedProcedure('signed-in')
  .input(z.strictObject({ wanted: z.boolean() }))
  .output(z.void())
  .mutation(async ({ ctx, input: { wanted } }) => {
    const { id } = await accountOf(ctx)
    await ctx.services.stores.notices.setWantsMail(ctx.organisationId, id, wanted)
  })
