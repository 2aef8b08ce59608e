import { z } from 'zod'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** A paused run goes on where it was; any other stays as it is. */
export const resume = protectedProcedure('run:cancel')
  .input(byId)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.services.runService.resume(ctx.organisationId, input.id, ctx.principal.name)
    return { ok: true }
  })
