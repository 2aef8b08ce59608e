import { z } from 'zod'
import { PASSWORD_MAX_CHARACTERS, passwordSchema } from '../auth/session.ts'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

/** Ends every other session of the person. */
export const changePassword = protectedProcedure('signed-in')
  .input(z.strictObject({ old: z.string().max(PASSWORD_MAX_CHARACTERS), password: passwordSchema }))
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input: { old, password } }) => {
    const { id: userId, sessionId } = await accountOf(ctx)
    const { attempts, accounts } = ctx.identity
    await attempts.take('password', userId)
    await accounts.changePassword({ userId, sessionId }, old, password)
    await attempts.forget('password', userId)
    return { ok: true }
  })
