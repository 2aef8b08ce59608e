import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { roleDraftSchema, roleSchema } from './schemas.ts'

/** Counts at once for everybody who has the role. */
export const update = protectedProcedure('role:manage')
  .input(roleDraftSchema.extend({ id: idSchema }))
  .output(roleSchema)
  .mutation(async ({ ctx, input: { id, ...draft } }) => {
    const role = await ctx.services.stores.roles.update(actingOf(ctx), ctx.principal, id, draft)
    if (!role) throw notFound('role', id)
    return role
  })
