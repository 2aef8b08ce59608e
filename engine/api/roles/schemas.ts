import { z } from 'zod'
import { PERMISSION_NAMES } from '#access'
import { nameSchema } from '../names.ts'

const MAX_SUMMARY = 300

export const permissionsSchema = z.array(z.enum(PERMISSION_NAMES)).max(PERMISSION_NAMES.length)

export const roleDraftSchema = z.strictObject({
  name: nameSchema,
  summary: z.string().trim().max(MAX_SUMMARY).default(''),
  permissions: permissionsSchema,
})

export const roleSchema = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  permissions: z.array(z.enum(PERMISSION_NAMES)).readonly(),
  /** The same everywhere; can't be changed. */
  builtIn: z.boolean(),
  /** How many have it. */
  members: z.number().int(),
  serviceAccounts: z.number().int(),
})
