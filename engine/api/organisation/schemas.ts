import { z } from 'zod'

const MAX_DAYS = 36_500
const daysSchema = z.number().int().min(1).max(MAX_DAYS).nullable()

export const retentionSchema = z.strictObject({ runDays: daysSchema, eventDays: daysSchema })

export const organisationSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  requireTwoFactor: z.boolean(),
  retention: retentionSchema,
  createdAt: z.string(),
  members: z.number().int(),
})
