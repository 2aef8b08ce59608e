import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { byId } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { isOwnSecret } from './own-secret.ts'

/** With the secret that was made for it. */
export const remove = protectedProcedure('connection:manage')
  .input(byId)
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id } }) => {
    const { secrets, stores } = ctx.services
    const acting = actingOf(ctx)
    const before = await stores.connections.get(ctx.organisationId, id)
    const own = before && (await isOwnSecret(secrets, acting, id, before.secretId))
    if (!(await stores.connections.remove(acting, id))) throw notFound('connection', id)
    if (own && before.secretId !== null) await secrets.remove(acting, before.secretId)
    return { id }
  })
