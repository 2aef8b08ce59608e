import { z } from 'zod'
import { failureSchema, mailNoticeSchema, NOTICE_KINDS, NOTICE_STATES, webhookNoticeSchema } from '#graph'

const common = { enabled: z.boolean(), secretId: z.string().nullable() }

export const noticesSchema = z.object({
  channels: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('webhook'), settings: webhookNoticeSchema, ...common }),
      z.object({ kind: z.literal('mail'), settings: mailNoticeSchema, ...common }),
    ]),
  ),
  deliveries: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(NOTICE_KINDS),
      state: z.enum(NOTICE_STATES),
      title: z.string().nullable(),
      to: z.string().nullable(),
      tries: z.number().int(),
      failure: failureSchema.nullable(),
      createdAt: z.string(),
      settledAt: z.string().nullable(),
    }),
  ),
})
