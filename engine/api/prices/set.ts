import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { modelPriceSchema, pricesSchema } from './schemas.ts'

/** The organisation's own prices, all at once; they count from the next call on. */
export const set = protectedProcedure('budget:manage')
  .input(z.strictObject({ prices: pricesSchema }))
  .output(z.array(modelPriceSchema))
  .mutation(({ ctx, input }) => ctx.services.stores.prices.set(actingOf(ctx), input.prices))
