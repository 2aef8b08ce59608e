import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { ofTrigger } from './schemas.ts'

/** With its calls and its secret. The runs that it started stay. */
export const remove = protectedProcedure('flow:publish')
  .input(ofTrigger)
  .output(z.object({ ok: z.literal(true) }))
  .mutation(async ({ ctx, input: { flowId, id } }) => {
    const { stores, secrets } = ctx.services
    const flow = await stores.flows.get(ctx.organisationId, flowId)
    const removed = flow && (await stores.triggers.remove(actingOf(ctx), { id, flowId: flow.id }))
    if (!removed) throw notFound('trigger', id)
    if (removed.secretId !== null) await secrets.remove(actingOf(ctx), removed.secretId)
    return { ok: true }
  })
