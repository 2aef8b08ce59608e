import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

const MAX_ITEMS = 200
const DEFAULT_ITEMS = 50

/** The items that a node put out in a run, in the run's stable order; `total` counts those beyond `limit` too. */
export const outputs = protectedProcedure('run:read')
  .input(
    z.strictObject({
      id: idSchema,
      nodeId: idSchema,
      port: idSchema.optional(),
      limit: z.number().int().min(1).max(MAX_ITEMS).default(DEFAULT_ITEMS),
    }),
  )
  .output(
    z.object({
      total: z.number().int(),
      items: z.array(
        z.object({
          id: z.string(),
          stepId: z.string(),
          port: z.string(),
          type: z.string(),
          label: z.string(),
          /** Where the item comes from: goes into `given` of a trial with it. */
          path: z.string(),
          value: z.json(),
        }),
      ),
    }),
  )
  .query(async ({ ctx, input: { id, ...of } }) => {
    const found = await ctx.services.stores.reader.outputs(ctx.organisationId, id, of)
    if (!found) throw notFound('run', id)
    const items = found.outputs.map(({ id: item, stepId, port, portType, label, path, value }) => {
      return { id: item, stepId, port, type: portType, label, path, value }
    })
    return { total: found.total, items }
  })
