import { z } from 'zod'
import { sessionOf, sessionSchema } from '../auth/session.ts'
import { protectedProcedure } from '../trpc.ts'

export const get = protectedProcedure('signed-in')
  .input(z.void())
  .output(sessionSchema)
  .query(({ ctx }) => sessionOf(ctx.principal))
