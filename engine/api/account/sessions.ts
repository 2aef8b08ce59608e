import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

/** Where the person is signed in, the one seen last first. */
export const sessions = protectedProcedure('signed-in')
  .input(z.void())
  .output(
    z.array(
      z.object({
        id: z.string(),
        userAgent: z.string(),
        address: z.string(),
        startedAt: z.string(),
        lastSeenAt: z.string(),
        current: z.boolean(),
      }),
    ),
  )
  .query(async ({ ctx }) => {
    const { id, sessionId } = await accountOf(ctx)
    return ctx.identity.accounts.sessions(id, sessionId)
  })
