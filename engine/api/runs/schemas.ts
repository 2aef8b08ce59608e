import { z } from 'zod'
import { runEventBodySchema } from '#graph'
import { idSchema } from '../ids.ts'

export const runTargetSchema = z.union([
  z.strictObject({ flowId: idSchema, test: z.literal(true).optional() }),
  z.strictObject({ template: idSchema }),
])

/** Looked at by the run service, which names every fault by its path. */
export const rawInputSchema = z.unknown()

const runEventSchema = z.object({
  seq: z.number().int().positive(),
  at: z.string(),
  body: runEventBodySchema,
})

const streamChunkSchema = z.object({
  stepId: z.string(),
  callId: z.string(),
  purpose: z.string(),
  offset: z.number().int().nonnegative(),
  text: z.string(),
})

export const eventMessageSchema = z.object({ kind: z.literal('event'), event: runEventSchema })
export const streamMessageSchema = z.object({ kind: z.literal('stream'), chunks: z.array(streamChunkSchema) })
export const runMessageSchema = z.discriminatedUnion('kind', [eventMessageSchema, streamMessageSchema])
