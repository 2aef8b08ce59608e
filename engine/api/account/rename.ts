import { z } from 'zod'
import { personNameSchema } from '../auth/session.ts'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

export const rename = protectedProcedure('signed-in')
  .input(z.strictObject({ name: personNameSchema }))
  .output(z.object({ name: z.string() }))
  .mutation(async ({ ctx, input: { name } }) => {
    const { id } = await accountOf(ctx)
    await ctx.identity.accounts.rename(id, name)
    return { name }
  })
