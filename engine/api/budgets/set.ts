import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { monthBudgetSchema } from './schemas.ts'

/** What the organisation may use of models in a month; holds from the next call on. */
export const set = protectedProcedure('budget:manage')
  .input(monthBudgetSchema)
  .output(monthBudgetSchema)
  .mutation(({ ctx, input }) => ctx.services.stores.budgets.set(actingOf(ctx), input))
