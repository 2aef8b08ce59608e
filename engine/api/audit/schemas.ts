import { z } from 'zod'

export const OUTCOMES = ['done', 'refused', 'failed'] as const

const text = z.string().trim().min(1).max(200)

/** `from` is included, `to` excluded. */
export const auditFilterSchema = z.strictObject({
  action: text.optional(),
  actor: text.optional(),
  target: text.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
})

export const auditRecordSchema = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.object({
    kind: z.enum(['person', 'key', 'system']),
    id: z.string(),
    name: z.string(),
  }),
  from: z.string().nullable(),
  requestId: z.string().nullable(),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().optional() }).nullable(),
  outcome: z.enum(OUTCOMES),
  before: z.json().optional(),
  after: z.json().optional(),
})
