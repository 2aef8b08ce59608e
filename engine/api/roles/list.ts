import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { roleSchema } from './schemas.ts'

/** The built-in ones first. */
export const list = protectedProcedure('member:read')
  .input(z.void())
  .output(z.array(roleSchema))
  .query(({ ctx }) => ctx.services.stores.roles.list(ctx.organisationId))
