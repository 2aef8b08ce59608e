import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { triggerSettingsSchema } from '#graph'
import { nextTime } from '#run/triggers/times.ts'
import { actingOf } from '../auth/acting.ts'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { newPath, withPath } from './address.ts'
import { checked, withSecret } from './saving.ts'
import { savedTriggerSchema } from './schemas.ts'

/** Runs what is published, as whoever makes it; so it asks for the right to start runs too. */
export const create = protectedProcedure('flow:publish')
  .input(z.strictObject({ flowId: idSchema, name: nameSchema, settings: triggerSettingsSchema }))
  .output(savedTriggerSchema)
  .mutation(async ({ ctx, input }) => {
    const { stores } = ctx.services
    const trigger = {
      ...(await checked(ctx, input.flowId, input.settings)),
      id: randomUUID(),
      name: input.name,
    }
    const path = newPath(trigger.settings)
    const { saved, secret } = await withSecret(ctx, trigger, null, (secretId) =>
      stores.triggers.create(actingOf(ctx), { ...trigger, path, secretId }, nextTime),
    )
    return { trigger: withPath(saved, true), secret }
  })
