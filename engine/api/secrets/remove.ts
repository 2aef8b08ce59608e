import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

export const remove = protectedProcedure('secret:write')
  .input(byId)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    if (!(await ctx.services.secrets.remove(actingOf(ctx), input.id))) throw notFound('secret', input.id)
    return { ok: true }
  })
