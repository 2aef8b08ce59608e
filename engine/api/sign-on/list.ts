import { z } from 'zod'
import { callbackOf } from '../auth/sign-on.ts'
import { protectedProcedure } from '../trpc.ts'
import { providerSchema } from './schemas.ts'

export const list = protectedProcedure('sign-on:manage')
  .input(z.void())
  .output(z.array(providerSchema))
  .query(async ({ ctx: { services, organisationId } }) => {
    const providers = await services.stores.signOn.list(organisationId)
    return providers.map((each) => ({ ...each, callback: callbackOf(services.publicUrl, each.id) }))
  })
