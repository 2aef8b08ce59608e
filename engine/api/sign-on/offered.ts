import { z } from 'zod'
import { publicProcedure } from '../trpc.ts'

/** The buttons of the page for signing in. */
export const offered = publicProcedure
  .input(z.void())
  .output(z.array(z.object({ id: z.string(), name: z.string() })))
  .query(({ ctx }) => ctx.services.stores.signOn.offered())
