import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { concurrencySchema } from './schemas.ts'

/** Calls that are under way go on; what waits is taken by the new limits. */
export const setConcurrency = protectedProcedure('budget:manage')
  .input(concurrencySchema)
  .output(concurrencySchema)
  .mutation(({ ctx, input }) => ctx.services.stores.budgets.setConcurrency(actingOf(ctx), input))
