import { z } from 'zod'
import { mailNoticeSchema } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'

/** The mail server that notices go through; `secretId` is the secret that holds its password. */
export const setMail = protectedProcedure('connection:manage')
  .input(
    z.strictObject({
      settings: mailNoticeSchema,
      secretId: idSchema.nullable(),
      enabled: z.boolean().default(true),
    }),
  )
  .output(z.void())
  .mutation(async ({ ctx, input: { settings, secretId, enabled } }) => {
    const { stores, secrets } = ctx.services
    const known =
      secretId === null || (await secrets.list(ctx.organisationId)).some(({ id }) => id === secretId)
    if (!known) throw notFound('secret', secretId)
    await stores.notices.save(actingOf(ctx), { kind: 'mail', settings, secretId, enabled })
  })
