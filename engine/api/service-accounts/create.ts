import { z } from 'zod'
import { actingOf } from '../auth/acting.ts'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'
import { protectedProcedure } from '../trpc.ts'
import { serviceAccountSchema } from './schemas.ts'

/** Somebody who is a program: has a role, and keys instead of a password. */
export const create = protectedProcedure('key:manage')
  .input(z.strictObject({ name: nameSchema, role: idSchema }))
  .output(serviceAccountSchema)
  .mutation(({ ctx, input }) =>
    ctx.services.stores.serviceAccounts.create(actingOf(ctx), ctx.principal, input),
  )
