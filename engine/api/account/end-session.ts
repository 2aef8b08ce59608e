import { z } from 'zod'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { accountOf } from './own.ts'

/** Signs one of the person's browsers out; its open pages hear of it at once. */
export const endSession = protectedProcedure('signed-in')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    const account = await accountOf(ctx)
    if (!(await ctx.identity.accounts.endSession(account.id, id))) throw notFound('session', id)
    return { id }
  })
