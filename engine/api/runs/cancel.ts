import { z } from 'zod'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** Final: stops calls in flight. A run that has ended stays as it is. */
export const cancel = protectedProcedure('run:cancel')
  .input(byId)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.services.runService.cancel(ctx.organisationId, input.id, ctx.principal.name)
    return { ok: true }
  })
