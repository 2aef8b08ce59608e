import { z } from 'zod'

export const sessionSchema = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  organisation: z.object({ id: z.string(), name: z.string() }),
  role: z.string(),
})
/** A person, and the organisation that they work in right now. */
export type Session = z.infer<typeof sessionSchema>

export const PASSWORD_MIN_CHARACTERS = 10
export const PASSWORD_MAX_CHARACTERS = 128

export const ownerSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  password: z.string().min(PASSWORD_MIN_CHARACTERS).max(PASSWORD_MAX_CHARACTERS),
  organisation: z.string().trim().min(1).max(200),
})
/** The first person of an installation and the name of their organisation. */
export type Owner = z.infer<typeof ownerSchema>
