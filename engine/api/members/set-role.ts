import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { memberSchema } from './schemas.ts'

/** Counts from the member's next request on, and ends what they may no longer look at. */
export const setRole = protectedProcedure('member:manage')
  .input(z.strictObject({ id: idSchema, role: idSchema }))
  .output(memberSchema)
  .mutation(async ({ ctx, input }) => {
    const member = await ctx.services.stores.members.setRole(actingOf(ctx), ctx.principal, input)
    if (!member) throw notFound('member', input.id)
    return member
  })
