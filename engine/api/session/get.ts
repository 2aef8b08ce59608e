import { z } from 'zod'
import { sessionSchema } from '../auth/session.ts'
import { protectedProcedure } from '../trpc.ts'

export const get = protectedProcedure('session:read')
  .input(z.void())
  .output(sessionSchema)
  .query(({ ctx }) => ctx.session)
