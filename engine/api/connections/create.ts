import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { protectedProcedure } from '../trpc.ts'
import { checkKey, checkSecretUse, checked } from './checked.ts'
import { storeOwnSecret } from './own-secret.ts'
import { connectionShape, kindSchema } from './schemas.ts'

export const create = protectedProcedure('connection:manage')
  .input(z.strictObject({ kind: kindSchema, ...connectionShape }))
  .output(z.object({ id: z.string() }))
  .mutation(async ({ ctx, input: { kind, key, secretId = null, ...given } }) => {
    const { secrets, stores } = ctx.services
    const acting = actingOf(ctx)
    const connection = checked(kind, given)
    checkKey(kind, key !== undefined || secretId !== null)
    checkSecretUse(ctx.principal, null, connection.baseUrl, { key, secretId })
    const id = randomUUID()
    const own =
      key === undefined ? null : await storeOwnSecret(secrets, acting, { id, name: given.name }, key)
    try {
      return await stores.connections.create(acting, { id, ...connection, secretId: own?.id ?? secretId })
    } catch (error) {
      if (own) await secrets.remove(acting, own.id)
      throw error
    }
  })
