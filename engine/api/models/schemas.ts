import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'

const MAX_OUTPUT_TOKENS = 1_000_000

export const modelChoiceShape = {
  connection: idSchema,
  model: z.string().trim().min(1).max(200),
  label: nameSchema,
  temperature: z.number().min(0).max(2),
  maxOutputTokens: z.number().int().min(1).max(MAX_OUTPUT_TOKENS),
}
