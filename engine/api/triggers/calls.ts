import { z } from 'zod'
import { triggerCallSchema } from '#graph'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { ofTrigger } from './schemas.ts'

const MAX_CALLS = 100
const DEFAULT_CALLS = 20

/** The last calls of a trigger with what came in, newest first. */
export const calls = protectedProcedure('run:read')
  .input(ofTrigger.extend({ limit: z.number().int().min(1).max(MAX_CALLS).default(DEFAULT_CALLS) }))
  .output(z.array(triggerCallSchema))
  .query(async ({ ctx, input: { flowId, id, limit } }) => {
    const { stores } = ctx.services
    const flow = await stores.flows.get(ctx.organisationId, flowId)
    const found = flow && (await stores.triggers.calls(ctx.organisationId, flow.id, id, limit))
    if (!found) throw notFound('trigger', id)
    return found
  })
