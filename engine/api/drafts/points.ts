import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** What the draft was at earlier times, newest first. */
export const points = protectedProcedure('flow:read')
  .input(z.strictObject({ flowId: idSchema }))
  .output(z.array(z.object({ number: z.number().int(), at: z.string(), authorName: z.string().nullable() })))
  .query(async ({ ctx, input: { flowId } }) => {
    const found = await ctx.services.stores.drafts.points(ctx.organisationId, flowId)
    if (!found) throw notFound('flow', flowId)
    return found
  })
