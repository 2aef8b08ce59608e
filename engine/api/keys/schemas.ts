import { z } from 'zod'
import { PERMISSION_NAMES } from '#access'

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The first characters, by which people recognise it. */
  start: z.string(),
  holder: z.object({ kind: z.enum(['person', 'service-account']), id: z.string(), name: z.string() }),
  permissions: z.array(z.enum(PERMISSION_NAMES)),
  /** Null: not limited to flows. */
  flowIds: z.array(z.string()).nullable(),
  state: z.enum(['active', 'expired', 'revoked', 'disabled']),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  lastUsedFrom: z.string().nullable(),
})
