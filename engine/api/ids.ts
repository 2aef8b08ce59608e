import { z } from 'zod'

const MAX_CHARACTERS = 200

/** Ids and slugs are looked up in the database, which has no place for control characters. */
export const idSchema = z
  .string()
  .min(1)
  .max(MAX_CHARACTERS)
  .regex(/^\P{Cc}*$/u, 'may not hold control characters')
export const byId = z.strictObject({ id: idSchema })
