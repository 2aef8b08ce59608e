import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { secretNameSchema, secretValueSchema } from './schemas.ts'

export const create = protectedProcedure('secret:write')
  .input(z.strictObject({ name: secretNameSchema, value: secretValueSchema }))
  .output(z.object({ id: z.string() }))
  .mutation(({ ctx, input }) => ctx.services.secrets.create(actingOf(ctx), input))
