import { z } from 'zod'

const allowed = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable()

export const monthBudgetSchema = z.strictObject({
  calls: allowed,
  tokens: allowed,
  costMicros: allowed,
  warnPercent: z.number().int().min(1).max(100),
})

const most = z.number().int().min(1).max(10_000)

export const concurrencySchema = z.strictObject({
  calls: most.nullable(),
  models: z.record(z.string().min(1).max(200), most),
})

const used = z.number().int().nonnegative()

export const modelUseSchema = z.object({
  month: z.string(),
  model: z.string(),
  calls: used,
  tokens: used,
  costMicros: used,
})
