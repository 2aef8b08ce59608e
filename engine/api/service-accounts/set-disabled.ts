import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { serviceAccountSchema } from './schemas.ts'

/** While it is disabled, none of its keys works. */
export const setDisabled = protectedProcedure('key:manage')
  .input(z.strictObject({ id: idSchema, disabled: z.boolean() }))
  .output(serviceAccountSchema)
  .mutation(async ({ ctx, input }) => {
    const { serviceAccounts } = ctx.services.stores
    const account = await serviceAccounts.setDisabled(actingOf(ctx), ctx.principal, input)
    if (!account) throw notFound('service_account', input.id)
    return account
  })
