import { z } from 'zod'
import { ownerSchema } from '../auth/session.ts'
import { publicProcedure } from '../trpc.ts'

export const create = publicProcedure
  .input(ownerSchema)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.setup.create(input)
    return { ok: true }
  })
