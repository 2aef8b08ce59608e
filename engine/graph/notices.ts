/** How people hear of what waits for their approval, beside the studio. */
import { z } from 'zod'

export const NOTICE_KINDS = ['webhook', 'mail'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** `inside`: the address lies in the organisation's own network, which is refused otherwise. */
export const webhookNoticeSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'an address such as https://chat.example.org/hooks/1' })
    .max(2_000),
  inside: z.boolean().default(false),
})
export type WebhookNotice = z.infer<typeof webhookNoticeSchema>

export const mailNoticeSchema = z.strictObject({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  /** `tls`: encrypted from the first byte; `starttls`: from the first command on; `none`: for a server of one's own. */
  encryption: z.enum(['tls', 'starttls', 'none']),
  /** Empty where the server asks for no password. */
  user: z.string().max(300),
  from: z.email().max(300),
})
export type MailNotice = z.infer<typeof mailNoticeSchema>

export type NoticeSettings =
  | { kind: 'webhook'; settings: WebhookNotice }
  | { kind: 'mail'; settings: MailNotice }

/** `dropped`: nobody needed to hear of it any more. */
export const NOTICE_STATES = ['waiting', 'sent', 'failed', 'dropped'] as const
export type NoticeState = (typeof NOTICE_STATES)[number]
