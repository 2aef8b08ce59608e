import { z } from 'zod'

export const serviceAccountSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  roleName: z.string(),
  disabled: z.boolean(),
  /** Those that work. */
  keys: z.number().int(),
  createdAt: z.string(),
  createdByName: z.string().nullable(),
})
