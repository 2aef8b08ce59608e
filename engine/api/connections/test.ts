import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { checkSecretUse, checked } from './checked.ts'
import { connectionShape, kindSchema, verdictSchema } from './schemas.ts'

/** Asks the other system something harmless, saved or not: with an id, what is not entered anew is as it was saved. */
export const test = protectedProcedure('connection:manage')
  .input(z.strictObject({ id: idSchema.optional(), kind: kindSchema, ...connectionShape }))
  .output(verdictSchema)
  .mutation(async ({ ctx, input: { id, kind, key, secretId, ...given } }) => {
    const { secrets, stores, connector } = ctx.services
    const before = id === undefined ? null : await stores.connections.get(ctx.organisationId, id)
    if (id !== undefined && before?.kind !== kind) throw notFound('connection', id)
    const connection = checked(kind, given)
    checkSecretUse(ctx.principal, before, connection.baseUrl, { key, secretId })
    const stored = secretId === undefined ? (before?.secretId ?? null) : secretId
    const used = key ?? (stored === null ? null : await secrets.open(ctx.organisationId, stored))
    return connector.test({ ...connection, key: used })
  })
