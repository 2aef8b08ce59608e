import { z } from 'zod'
import { verdictSchema } from '../connections/schemas.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** The models that the server behind a connection has, or why they can't be told. */
export const offered = protectedProcedure('model:manage')
  .input(z.strictObject({ connection: idSchema }))
  .output(verdictSchema)
  .query(async ({ ctx: { services, organisationId }, input }) => {
    const connection = await services.stores.connections.get(organisationId, input.connection)
    if (!connection) throw notFound('connection', input.connection)
    return services.connector.test(await services.connected.open(organisationId, connection))
  })
