import { z } from 'zod'
import { may } from '#access'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { withAddress } from './address.ts'
import { takesBrief } from './saving.ts'
import { triggerSchema } from './schemas.ts'

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
      triggers: z.array(triggerSchema),
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
      triggers: found.map((trigger) =>
        withAddress(trigger, services.publicUrl, shown || trigger.settings.kind === 'form'),
      ),
    }
  })
