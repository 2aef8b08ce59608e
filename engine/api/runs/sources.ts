import { z } from 'zod'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

const MAX_PORTS = 100
const MAX_RUNS = 20

const portSchema = z.object({ node: idSchema, port: idSchema })

/** Earlier runs of a flow, newest first, that can give what these ports put out: for `given` of a trial. */
export const sources = protectedProcedure('run:read')
  .input(z.strictObject({ flowId: idSchema, ports: z.array(portSchema.strict()).min(1).max(MAX_PORTS) }))
  .output(
    z.array(
      z.object({
        id: z.string(),
        createdAt: z.string(),
        ports: z.array(portSchema.extend({ items: z.number().int() })),
      }),
    ),
  )
  .query(async ({ ctx, input: { flowId, ports } }) => {
    const { drafts, reader } = ctx.services.stores
    if (!(await drafts.has(ctx.organisationId, flowId))) throw notFound('flow', flowId)
    return reader.sources(ctx.organisationId, flowId, ports, MAX_RUNS)
  })
