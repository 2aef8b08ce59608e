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
      /** Hears by mail of what waits for their decision. */
      mailNotices: z.boolean(),
    }),
  )
  .query(async ({ ctx }) => {
    const { sessionId: _, ...account } = await accountOf(ctx)
    const [hasPassword, mailNotices] = await Promise.all([
      ctx.identity.accounts.hasPassword(account.id),
      ctx.services.stores.notices.wantsMail(ctx.organisationId, account.id),
    ])
    return { ...account, hasPassword, mailNotices }
  })
