import { z } from 'zod'
import { flowSchema } from '#graph'

export const flowSummarySchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  /** The template that it is a copy of. */
  template: z.string().nullable(),
  /** Whose it is; null: the whole organisation's. */
  teamId: z.string().nullable(),
  publishedNumber: z.number().int().nullable(),
  updatedAt: z.string(),
})

export const publishedVersionSchema = z.object({
  id: z.string(),
  number: z.number().int(),
  contentHash: z.string(),
  message: z.string(),
  createdAt: z.string(),
})

export const flowDetailSchema = flowSummarySchema.extend({
  draft: flowSchema,
  published: publishedVersionSchema.nullable(),
})
