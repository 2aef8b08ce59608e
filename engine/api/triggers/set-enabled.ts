import { z } from 'zod'
import { triggerSummarySchema } from '#graph'
import { nextTime } from '#run/triggers/times.ts'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { withPath } from './address.ts'
import { checked, runsAsOf } from './saving.ts'
import { ofTrigger } from './schemas.ts'

/** Whoever switches one on is whom it runs as. What a schedule misses while it is off is not caught up on. */
export const setEnabled = protectedProcedure('flow:publish')
  .input(ofTrigger.extend({ enabled: z.boolean() }))
  .output(triggerSummarySchema)
  .mutation(async ({ ctx, input: { enabled, ...input } }) => {
    const { stores } = ctx.services
    const flow = await stores.flows.get(ctx.organisationId, input.flowId)
    const trigger = flow && (await stores.triggers.get(ctx.organisationId, flow.id, input.id))
    if (!flow || !trigger) throw notFound('trigger', input.id)
    if (enabled) await checked(ctx, flow.id, trigger.settings)
    const change = { id: input.id, flowId: flow.id, enabled, runsAs: runsAsOf(ctx.principal) }
    const changed = await stores.triggers.setEnabled(actingOf(ctx), change, nextTime)
    if (!changed) throw notFound('trigger', input.id)
    return withPath(changed, true)
  })
