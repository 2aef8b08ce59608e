import { z } from 'zod'

/** Ten thousand dollars a million tokens. */
const MOST_MICROS = 10_000_000_000
const micros = z.number().int().min(0).max(MOST_MICROS)

export const modelPriceSchema = z.strictObject({
  pattern: z.string().trim().min(1).max(200),
  inputMicros: micros,
  outputMicros: micros,
})
export const pricesSchema = z
  .array(modelPriceSchema)
  .max(500)
  .refine(
    (prices) => new Set(prices.map(({ pattern }) => pattern)).size === prices.length,
    'names a model twice',
  )
