import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Without a replacement, refused while the role is in use. */
export const remove = protectedProcedure('role:manage')
  .input(z.strictObject({ id: idSchema, replacement: idSchema.nullable().default(null) }))
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input }) => {
    const removed = await ctx.services.stores.roles.remove(actingOf(ctx), ctx.principal, input)
    if (!removed) throw notFound('role', input.id)
    return { id: input.id }
  })
