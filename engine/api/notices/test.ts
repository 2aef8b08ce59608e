import { z } from 'zod'
import { NOTICE_KINDS } from '#graph'
import { deciderOf } from '../approvals/deciders.ts'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'

/** Sends a notice of nothing, by mail to the one who asks; what became of it is among the deliveries. */
export const test = protectedProcedure('connection:manage')
  .input(z.strictObject({ kind: z.enum(NOTICE_KINDS) }))
  .output(z.void())
  .mutation(async ({ ctx, input: { kind } }) => {
    const userId = kind === 'mail' ? deciderOf(ctx.principal).id : ctx.principal.id
    if (!(await ctx.services.stores.notices.test(actingOf(ctx), kind, userId)))
      throw notFound('channel', kind)
  })
