import { z } from 'zod'
import { modelConfigurationSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'

const providerSchema = z.object({
  name: z.string(),
  local: z.boolean(),
  reachable: z.boolean(),
  models: z.array(z.object({ name: z.string(), sizeBytes: z.number().nullable() })),
  message: z.string(),
  fix: z.string().nullable(),
})

export const list = protectedProcedure('catalog:read')
  .input(z.void())
  .output(z.object({ configurations: z.array(modelConfigurationSchema), providers: z.array(providerSchema) }))
  .query(async ({ ctx }) => {
    const { stores, models } = ctx.services
    const [catalog, statuses] = await Promise.all([
      stores.catalogs.catalog(ctx.organisationId),
      models.status(),
    ])
    return {
      configurations: catalog.models,
      providers: statuses.map(({ provider, ...status }) => ({ name: provider, ...status })),
    }
  })
