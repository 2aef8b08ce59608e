import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { auditFilterSchema, auditRecordSchema } from './schemas.ts'

const MAX_PAGE = 200
const DEFAULT_PAGE = 50

/** Newest first. `next` goes into `before` for the page after this one; null when there is none. */
export const list = protectedProcedure('audit:read')
  .input(
    auditFilterSchema.extend({
      limit: z.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
      before: z.number().int().positive().optional(),
    }),
  )
  .output(z.object({ entries: z.array(auditRecordSchema), next: z.number().nullable() }))
  .query(async ({ ctx, input: { limit, before, ...filter } }) => {
    const found = await ctx.services.audit.list(ctx.organisationId, filter, { before, limit: limit + 1 })
    const entries = found.slice(0, limit)
    return {
      entries: z.array(auditRecordSchema).parse(entries),
      next: found.length > limit ? (entries.at(-1)?.seq ?? null) : null,
    }
  })
