import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

export const get = protectedProcedure('signed-in')
  .input(z.void())
  .output(
    z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      twoFactor: z.boolean(),
      /** Whoever has none signs in elsewhere. */
      hasPassword: z.boolean(),
    }),
  )
  .query(async ({ ctx }) => {
    const { sessionId: _, ...account } = await accountOf(ctx)
    return { ...account, hasPassword: await ctx.identity.accounts.hasPassword(account.id) }
  })
