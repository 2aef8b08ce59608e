import { z } from 'zod'

const MAX_CHARACTERS = 100

/** Names that people give to things of the organisation, on one line. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_CHARACTERS)
  .regex(/^\P{Cc}*$/u, 'may not hold control characters')
