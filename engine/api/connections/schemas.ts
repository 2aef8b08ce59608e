import { z } from 'zod'
import { CONNECTION_KIND_NAMES, DESTINATIONS } from '#graph'
import { idSchema } from '../ids.ts'
import { nameSchema } from '../names.ts'

export const kindSchema = z.enum(CONNECTION_KIND_NAMES)

/** `key` is kept as a secret of the connection's own; `secretId` names one that is stored already, null takes it away. */
export const connectionShape = {
  name: nameSchema,
  baseUrl: z.string().trim().max(2_000),
  destination: z.enum(DESTINATIONS),
  reachesPrivate: z.boolean(),
  settings: z.record(z.string().max(100), z.json()),
  key: z.string().min(1).max(65_536).optional(),
  secretId: idSchema.nullish(),
}

export const connectionSchema = z.object({
  id: z.string(),
  kind: kindSchema,
  name: z.string(),
  baseUrl: z.string(),
  destination: z.enum(DESTINATIONS),
  reachesPrivate: z.boolean(),
  settings: z.record(z.string(), z.json()),
  secret: z.object({ id: z.string(), name: z.string() }).nullable(),
  updatedAt: z.string(),
  usedBy: z.array(z.string()),
})

export const providerModelSchema = z.object({ name: z.string(), sizeBytes: z.number().nullable() })

export const verdictSchema = z.object({
  ok: z.boolean(),
  message: z.string(),
  fix: z.string().nullable(),
  models: z.array(providerModelSchema),
})
