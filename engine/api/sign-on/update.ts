import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { callbackOf } from '../auth/sign-on.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { clientSecretSchema, providerSchema, settingsShape } from './schemas.ts'

/** Without a secret the one that is stored stays. */
export const update = protectedProcedure('sign-on:manage')
  .input(z.strictObject({ id: idSchema, ...settingsShape, clientSecret: clientSecretSchema.optional() }))
  .output(providerSchema)
  .mutation(async ({ ctx, input: { clientSecret, ...provider } }) => {
    const { services, principal, organisationId } = ctx
    const { signOn } = services.stores
    const acting = actingOf(ctx)
    const changed = await signOn.update(acting, principal, provider)
    const secretId = changed && (await signOn.secretOf(organisationId, provider.id))
    if (!changed || !secretId) throw notFound('sign_on', provider.id)
    if (clientSecret !== undefined)
      await services.secrets.replace(acting, { id: secretId, value: clientSecret })
    return { ...changed, callback: callbackOf(services.publicUrl, changed.id) }
  })
