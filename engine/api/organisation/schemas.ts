import { z } from 'zod'

export const organisationSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  requireTwoFactor: z.boolean(),
  createdAt: z.string(),
  members: z.number().int(),
})
