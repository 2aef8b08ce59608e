import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { webhookNoticeSchema } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { newSigningSecret } from '../triggers/address.ts'
import { protectedProcedure } from '../trpc.ts'

/** Answers with the key that deliveries are signed with, where a new one was made: it is shown this once. */
export const setWebhook = protectedProcedure('connection:manage')
  .input(
    z.strictObject({
      settings: webhookNoticeSchema,
      enabled: z.boolean().default(true),
      renewSecret: z.boolean().default(false),
    }),
  )
  .output(z.object({ secret: z.string().nullable() }))
  .mutation(async ({ ctx, input: { settings, enabled, renewSecret } }) => {
    const { stores, secrets } = ctx.services
    const acting = actingOf(ctx)
    const known = (await stores.notices.channels(ctx.organisationId)).find(({ kind }) => kind === 'webhook')
    let secretId = known?.secretId ?? null
    const secret = secretId === null || renewSecret ? newSigningSecret() : null
    if (secretId === null) {
      const name = `Notices of approvals (${randomUUID().slice(0, 8)})`
      secretId = (await secrets.create(acting, { name, value: secret ?? '' })).id
    } else if (secret !== null) await secrets.replace(acting, { id: secretId, value: secret })
    await stores.notices.save(acting, { kind: 'webhook', settings, secretId, enabled })
    return { secret }
  })
