import { z } from 'zod'
import { protectedProcedure } from '../trpc.ts'
import { modelPriceSchema } from './schemas.ts'

const priceSchema = z.object({
  inputMicros: z.number(),
  outputMicros: z.number(),
  source: z.enum(['own', 'shipped']),
})

/** The organisation's own prices, and what each model configuration costs by them and by the list that is shipped. */
export const list = protectedProcedure('catalog:read')
  .input(z.void())
  .output(
    z.object({
      own: z.array(modelPriceSchema),
      models: z.array(z.object({ id: z.string(), price: priceSchema.nullable() })),
    }),
  )
  .query(async ({ ctx: { services, organisationId } }) => {
    const { stores, prices } = services
    const [own, { models }, connections] = await Promise.all([
      stores.prices.list(organisationId),
      stores.catalogs.catalog(organisationId),
      stores.connections.list(organisationId),
    ])
    const urls = new Map(connections.map(({ id, baseUrl }) => [id, baseUrl]))
    const priced = models.map(async ({ id, provider, model, local, connection }) => {
      const url = connection && urls.get(connection)
      return {
        id,
        price: await prices.of(organisationId, { provider, model, local, ...(url ? { url } : {}) }),
      }
    })
    return { own, models: await Promise.all(priced) }
  })
