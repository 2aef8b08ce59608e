import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { concurrencySchema } from './schemas.ts'

/** How many model calls the organisation may have under way at a time. */
export const concurrency = protectedProcedure('budget:manage')
  .input(z.void())
  .output(concurrencySchema)
  .query(({ ctx }) => ctx.services.stores.budgets.concurrency(ctx.organisationId))
