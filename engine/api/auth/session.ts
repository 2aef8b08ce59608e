import { z } from 'zod'
import { PERMISSION_NAMES, type Principal } from '#access'

const named = z.object({ id: z.string(), name: z.string() })

export const sessionSchema = z.object({
  user: named.extend({ email: z.string().nullable() }),
  organisation: named,
  /** Null for a service account. */
  memberId: z.string().nullable(),
  /** Nothing can be done before two-factor sign-in is set up. */
  lacksTwoFactor: z.boolean(),
  role: z.string(),
  roleName: z.string(),
  permissions: z.array(z.enum(PERMISSION_NAMES)),
})
/** A person, the organisation that they work in right now, and what they may do there. */
export type Session = z.infer<typeof sessionSchema>

export const sessionOf = ({
  id,
  name,
  email,
  organisation,
  memberId,
  lacksTwoFactor,
  role,
  roleName,
  permissions,
}: Principal): Session => ({
  user: { id, name, email },
  organisation,
  memberId,
  lacksTwoFactor,
  role,
  roleName,
  permissions: [...permissions],
})

export const PASSWORD_MIN_CHARACTERS = 10
export const PASSWORD_MAX_CHARACTERS = 128

export const passwordSchema = z.string().min(PASSWORD_MIN_CHARACTERS).max(PASSWORD_MAX_CHARACTERS)
/** As colleagues see it. */
export const personNameSchema = z.string().trim().min(1).max(200)

export const emailSchema = z.email().max(254)

export const ownerSchema = z.strictObject({
  /** From the console of the server. */
  code: z.string().max(100),
  name: personNameSchema,
  email: emailSchema,
  password: passwordSchema,
  organisation: z.string().trim().min(1).max(200),
})
/** The first person of an installation and the name of their organisation. */
export type Owner = z.infer<typeof ownerSchema>
