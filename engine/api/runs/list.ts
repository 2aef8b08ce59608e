import { z } from 'zod'
import { runSummarySchema } from '#graph'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

const MAX_PAGE = 100
const DEFAULT_PAGE = 25

/** Newest first. `next` goes into `before` for the page after this one; null when there is none. */
export const list = protectedProcedure('run:read')
  .input(
    z.strictObject({
      limit: z.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
      before: idSchema.optional(),
      /** Runs of this flow only. */
      flowId: idSchema.optional(),
      /** Runs that steps of other runs started as well. */
      children: z.boolean().default(false),
    }),
  )
  .output(z.object({ runs: z.array(runSummarySchema), next: z.string().nullable() }))
  .query(async ({ ctx, input: { limit, before, flowId, children } }) => {
    const found = await ctx.services.stores.reader.list(ctx.organisationId, {
      limit: limit + 1,
      before,
      flowId,
      children,
    })
    const runs = found.slice(0, limit)
    return { runs, next: found.length > limit ? (runs.at(-1)?.id ?? null) : null }
  })
