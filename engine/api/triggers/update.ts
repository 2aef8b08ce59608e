import { triggerSettingsSchema } from '#graph'
import { nextTime } from '#run/triggers/times.ts'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { withPath } from './address.ts'
import { checked, withSecret } from './saving.ts'
import { ofTrigger, savedTriggerSchema } from './schemas.ts'

/** From then on it runs as whoever changed it. */
export const update = protectedProcedure('flow:publish')
  .input(ofTrigger.extend({ name: nameSchema, settings: triggerSettingsSchema }))
  .output(savedTriggerSchema)
  .mutation(async ({ ctx, input: { id, name, ...input } }) => {
    const { stores } = ctx.services
    const trigger = { ...(await checked(ctx, input.flowId, input.settings)), id, name }
    const before = await stores.triggers.get(ctx.organisationId, trigger.flowId, id)
    if (!before) throw notFound('trigger', id)
    const { saved, secret } = await withSecret(ctx, trigger, before.secretId, (secretId) =>
      stores.triggers.update(actingOf(ctx), { ...trigger, secretId }, nextTime),
    )
    if (!saved) throw notFound('trigger', id)
    return { trigger: withPath(saved, true), secret }
  })
