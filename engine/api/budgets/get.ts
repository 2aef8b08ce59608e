import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { monthBudgetSchema } from './schemas.ts'

export const get = protectedProcedure('budget:manage')
  .input(z.void())
  .output(monthBudgetSchema)
  .query(({ ctx }) => ctx.services.stores.budgets.get(ctx.organisationId))
