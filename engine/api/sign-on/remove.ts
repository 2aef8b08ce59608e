import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Whoever came in by it needs a password from then on. */
export const remove = protectedProcedure('sign-on:manage')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    const acting = actingOf(ctx)
    const removed = await ctx.services.stores.signOn.remove(acting, id)
    if (!removed) throw notFound('sign_on', id)
    await ctx.services.secrets.remove(acting, removed.secretId)
    return { id }
  })
