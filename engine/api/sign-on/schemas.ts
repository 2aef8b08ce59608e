import { z } from 'zod'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'

const MAX_DOMAINS = 50
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain such as example.org')

export const issuerSchema = z.url({ protocol: /^https?$/ }).max(500)

export const settingsShape = {
  name: nameSchema,
  issuer: issuerSchema,
  clientId: z.string().trim().min(1).max(500),
  domains: z.array(domain).max(MAX_DOMAINS),
  defaultRole: idSchema,
  enabled: z.boolean(),
}

export const clientSecretSchema = z.string().min(1).max(2_000)

/** `callback`: what has to be entered at the provider. Its secret never comes back. */
export const providerSchema = z.object({ id: z.string(), ...settingsShape, callback: z.string() })
