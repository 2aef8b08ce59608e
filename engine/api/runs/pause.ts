import { z } from 'zod'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Nothing new starts: no step, and in running steps no model call. A run that has ended stays as it is. */
export const pause = protectedProcedure('run:cancel')
  .input(byId)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.services.runService.pause(ctx.organisationId, input.id, ctx.principal.name)
    return { ok: true }
  })
