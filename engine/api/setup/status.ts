import { z } from 'zod'
import { publicProcedure } from '../trpc.ts'

export const status = publicProcedure
  .input(z.void())
  .output(z.object({ needed: z.boolean() }))
  .query(async ({ ctx }) => ({ needed: await ctx.setup.needed() }))
