import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { secretValueSchema } from './schemas.ts'

export const replace = protectedProcedure('secret:write')
  .input(z.strictObject({ id: idSchema, value: secretValueSchema }))
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    if (!(await ctx.services.secrets.replace(actingOf(ctx), input))) throw notFound('secret', input.id)
    return { ok: true }
  })
