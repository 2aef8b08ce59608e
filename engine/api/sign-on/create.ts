import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { callbackOf } from '../auth/sign-on.ts'
import { protectedProcedure } from '../trpc.ts'
import { clientSecretSchema, providerSchema, settingsShape } from './schemas.ts'

export const create = protectedProcedure('sign-on:manage')
  .input(z.strictObject({ ...settingsShape, clientSecret: clientSecretSchema }))
  .output(providerSchema)
  .mutation(async ({ ctx, input: { clientSecret, ...settings } }) => {
    const { services, principal } = ctx
    const { signOn } = services.stores
    const acting = actingOf(ctx)
    const id = randomUUID()
    const { id: secretId } = await services.secrets.create(acting, {
      name: `Sign-on ${settings.name} (${id.slice(0, 8)})`,
      value: clientSecret,
    })
    try {
      const made = await signOn.create(acting, principal, { id, secretId, ...settings })
      return { ...made, callback: callbackOf(services.publicUrl, id) }
    } catch (error) {
      await services.secrets.remove(acting, secretId)
      throw error
    }
  })
