import { z } from 'zod'
import { PressroomError } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { newPath, newSigningSecret, withPath } from './address.ts'
import { ofTrigger, savedTriggerSchema } from './schemas.ts'

/** A new address or a new signing secret. The old one is of no use from then on. */
export const renew = protectedProcedure('flow:publish')
  .input(ofTrigger.extend({ what: z.enum(['address', 'secret']) }))
  .output(savedTriggerSchema)
  .mutation(async ({ ctx, input: { what, ...input } }) => {
    const { stores, secrets } = ctx.services
    const acting = actingOf(ctx)
    const flow = await stores.flows.get(ctx.organisationId, input.flowId)
    const trigger = flow && (await stores.triggers.get(ctx.organisationId, flow.id, input.id))
    if (!flow || !trigger) throw notFound('trigger', input.id)
    if (what === 'secret') {
      if (trigger.secretId === null)
        throw nothingToRenew('It has no signing secret: its deliveries are not signed.')
      const secret = newSigningSecret()
      await secrets.replace(acting, { id: trigger.secretId, value: secret })
      const { secretId: _, ...shown } = trigger
      return { trigger: withPath(shown, true), secret }
    }
    const path = newPath(trigger.settings)
    if (!path) throw nothingToRenew('Nobody calls it from outside, so it has no address.')
    const changed = await stores.triggers.setPath(acting, { id: trigger.id, flowId: flow.id, path })
    if (!changed) throw notFound('trigger', input.id)
    return { trigger: withPath(changed, true), secret: null }
  })

const nothingToRenew = (message: string) =>
  new PressroomError({
    code: 'input.nothing_to_renew',
    message,
    fix: 'Look at the settings of the trigger.',
  })
