import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

export const endOtherSessions = protectedProcedure('signed-in')
  .input(z.strictObject({}))
  .output(z.object({ ended: z.number().int() }))
  .mutation(async ({ ctx }) => {
    const { id, sessionId } = await accountOf(ctx)
    return { ended: await ctx.identity.accounts.endOtherSessions(id, sessionId) }
  })
