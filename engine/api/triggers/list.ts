import { z } from 'zod'
import { triggerSummarySchema } from '#graph'
import { may } from '#access'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { withPath } from './address.ts'
import { takesBrief } from './saving.ts'

/** A webhook's address lets in whoever knows it, so it is shown to those who may change it. */
export const list = protectedProcedure('flow:read')
  .input(z.strictObject({ flowId: idSchema }))
  .output(
    z.object({
      flow: z.object({
        id: z.string(),
        name: z.string(),
        published: z.boolean(),
        /** Of what would run now. */
        takesBrief: z.boolean(),
      }),
      triggers: z.array(triggerSummarySchema),
    }),
  )
  .query(async ({ ctx, input }) => {
    const { services, organisationId, principal } = ctx
    const { flows, triggers } = services.stores
    const flow = await flows.get(organisationId, input.flowId)
    if (!flow) throw notFound('flow', input.flowId)
    const version = flow.published && (await flows.version(organisationId, flow.published.id))
    const found = await triggers.list(organisationId, flow.id)
    const shown = may(principal, 'flow:publish')
    return {
      flow: {
        id: flow.id,
        name: flow.name,
        published: version !== null,
        takesBrief: takesBrief(version?.flow ?? flow.draft),
      },
      triggers: found.map((trigger) => withPath(trigger, shown || trigger.settings.kind === 'form')),
    }
  })
