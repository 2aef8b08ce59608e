import { z } from 'zod'
import { FLOW_SCHEMA_VERSION, flowSchema } from '#graph'
import { protectedProcedure } from '../trpc.ts'
import { flowDetailSchema } from './schemas.ts'

/** A flow with an empty draft. */
export const create = protectedProcedure('flow:write')
  .input(z.strictObject({ name: z.string().trim().pipe(flowSchema.shape.name) }))
  .output(flowDetailSchema)
  .mutation(({ ctx, input: { name } }) => {
    const { stores, templates } = ctx.services
    const flow = flowSchema.parse({ schemaVersion: FLOW_SCHEMA_VERSION, name, nodes: [], edges: [] })
    return stores.flows.create(
      ctx.organisationId,
      flow,
      templates.map(({ id }) => id),
    )
  })
