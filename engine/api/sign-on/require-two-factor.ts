import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'

/** Members who sign in with a password can then do nothing before they have set up a second factor. */
export const requireTwoFactor = protectedProcedure('sign-on:manage')
  .input(z.strictObject({ required: z.boolean() }))
  .output(z.object({ required: z.boolean() }))
  .mutation(async ({ ctx, input }) => {
    await ctx.services.stores.signOn.requireTwoFactor(actingOf(ctx), input.required)
    return input
  })
