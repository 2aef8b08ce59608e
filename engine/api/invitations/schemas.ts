import { z } from 'zod'

const VALID_DAYS = 7
export const INVITATION_MS = VALID_DAYS * 86_400_000

export const tokenSchema = z.string().min(1).max(100)
const stateSchema = z.enum(['open', 'expired', 'accepted', 'revoked'])

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  roleName: z.string(),
  teams: z.array(z.object({ id: z.string(), name: z.string() })),
  state: stateSchema,
  createdAt: z.string(),
  expiresAt: z.string(),
  invitedByName: z.string().nullable(),
})

/** `path`: what follows the address of the studio in the link, which is never shown again. */
export const withLinkSchema = z.object({ invitation: invitationSchema, path: z.string() })

export const viewSchema = z.object({
  organisation: z.object({ id: z.string(), name: z.string() }),
  email: z.string(),
  roleName: z.string(),
  state: stateSchema,
  invitedByName: z.string().nullable(),
  hasAccount: z.boolean(),
  /** The address whose session the browser has. */
  signedInAs: z.string().nullable(),
})

export const pathOf = (token: string): string => `/invitation/${token}`
