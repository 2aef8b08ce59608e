import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

const MAX_ITEMS = 500
const DEFAULT_ITEMS = 50

/** The items that arrived at a node of a run, as it got them; `total` counts those beyond `limit` too. */
export const inputs = protectedProcedure('run:read')
  .input(
    z.strictObject({
      runId: idSchema,
      nodeId: idSchema,
      limit: z.number().int().min(1).max(MAX_ITEMS).default(DEFAULT_ITEMS),
    }),
  )
  .output(
    z.object({
      total: z.number().int(),
      items: z.array(
        z.object({
          /** Goes into `input` of `runs.rerunFrom`. */
          path: z.string(),
          /** Of the node that it arrived at. */
          port: z.string(),
          type: z.string(),
          label: z.string(),
          value: z.json(),
          /** Somebody changed it on its way. */
          edited: z.boolean(),
        }),
      ),
    }),
  )
  .query(({ ctx, input }) => ctx.services.runService.inputs(ctx.organisationId, input))
