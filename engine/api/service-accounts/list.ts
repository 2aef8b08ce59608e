import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { serviceAccountSchema } from './schemas.ts'

export const list = protectedProcedure('key:manage')
  .input(z.void())
  .output(z.array(serviceAccountSchema))
  .query(({ ctx }) => ctx.services.stores.serviceAccounts.list(ctx.organisationId))
