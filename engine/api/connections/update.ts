import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { checkKey, checkSecretUse, checked } from './checked.ts'
import { isOwnSecret, storeOwnSecret } from './own-secret.ts'
import { connectionShape } from './schemas.ts'

/** Without a key and a secret what is stored stays. */
export const update = protectedProcedure('connection:manage')
  .input(z.strictObject({ id: idSchema, ...connectionShape }))
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { id, key, secretId: wished, ...given } }) => {
    const { secrets, stores } = ctx.services
    const acting = actingOf(ctx)
    const before = await stores.connections.get(ctx.organisationId, id)
    if (!before) throw notFound('connection', id)
    const { kind, ...connection } = checked(before.kind, given)
    checkSecretUse(ctx.principal, before, connection.baseUrl, { key, secretId: wished })
    const had = before.secretId
    const hadOwn = await isOwnSecret(secrets, acting, id, had)
    let secretId = wished === undefined ? had : wished
    if (key !== undefined) {
      if (hadOwn && had !== null) {
        await secrets.replace(acting, { id: had, value: key })
        secretId = had
      } else secretId = (await storeOwnSecret(secrets, acting, { id, name: given.name }, key)).id
    }
    checkKey(kind, secretId !== null)
    if (!(await stores.connections.update(acting, { id, ...connection, secretId })))
      throw notFound('connection', id)
    if (hadOwn && had !== null && had !== secretId) await secrets.remove(acting, had)
    return { id }
  })
