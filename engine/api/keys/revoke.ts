import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { lookedAfterBy } from './own.ts'
import { keySchema } from './schemas.ts'

/** One's own, or any with `key:manage`. Final: it works no more from this moment on. */
export const revoke = protectedProcedure('signed-in')
  .input(byId)
  .output(keySchema)
  .mutation(async ({ ctx, input: { id } }) => {
    const { keys } = ctx.services.stores
    const key = await keys.revoke(actingOf(ctx), id, lookedAfterBy(ctx.principal))
    if (!key) throw notFound('key', id)
    return key
  })
