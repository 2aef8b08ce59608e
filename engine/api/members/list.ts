import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { memberSchema } from './schemas.ts'

export const list = protectedProcedure('member:read')
  .input(z.void())
  .output(z.array(memberSchema))
  .query(({ ctx }) => ctx.services.stores.members.list(ctx.organisationId))
