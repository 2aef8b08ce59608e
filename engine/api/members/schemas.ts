import { z } from 'zod'

export const memberSchema = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  roleName: z.string(),
  teams: z.array(z.object({ id: z.string(), name: z.string() })),
  twoFactor: z.boolean(),
  joinedAt: z.string(),
  lastSignInAt: z.string().nullable(),
})
