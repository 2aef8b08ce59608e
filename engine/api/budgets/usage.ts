import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { modelUseSchema } from './schemas.ts'

/** What was used of models, by month and model, latest first. */
export const usage = protectedProcedure('budget:manage')
  .input(z.strictObject({ months: z.number().int().min(1).max(36).default(12) }))
  .output(z.array(modelUseSchema))
  .query(({ ctx, input: { months } }) => ctx.services.stores.budgets.usage(ctx.organisationId, months))
