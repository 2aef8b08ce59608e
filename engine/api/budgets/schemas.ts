import { z } from 'zod'

const allowed = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable()

export const monthBudgetSchema = z.strictObject({
  calls: allowed,
  tokens: allowed,
  costMicros: allowed,
  warnPercent: z.number().int().min(1).max(100),
})

const used = z.number().int().nonnegative()

export const modelUseSchema = z.object({
  month: z.string(),
  model: z.string(),
  calls: used,
  tokens: used,
  costMicros: used,
})
