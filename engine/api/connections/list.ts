import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { connectionSchema } from './schemas.ts'

export const list = protectedProcedure('connection:manage')
  .input(z.void())
  .output(z.array(connectionSchema))
  .query(({ ctx }) => ctx.services.stores.connections.list(ctx.organisationId))
