import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { roleDraftSchema, roleSchema } from './schemas.ts'

export const create = protectedProcedure('role:manage')
  .input(roleDraftSchema)
  .output(roleSchema)
  .mutation(({ ctx, input }) => ctx.services.stores.roles.create(actingOf(ctx), ctx.principal, input))
