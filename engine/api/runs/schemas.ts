import { z } from 'zod'
import { runEventBodySchema, trialSchema } from '#graph'
import { idSchema } from '../ids.ts'

export const runTargetSchema = z.union([
  z.strictObject({ flowId: idSchema, test: z.literal(true).optional() }),
  z.strictObject({ template: idSchema }),
])

/** What to run with what; part of a flow is tried on its draft only. */
export const runWishSchema = z
  .strictObject({
    target: runTargetSchema,
    /** Looked at by the run service, which names every fault by its path. */
    input: z.unknown(),
    trial: trialSchema.optional(),
  })
  .refine(({ target, trial }) => !trial || ('test' in target && target.test === true), {
    path: ['trial'],
    message: 'only a test of a draft can be tried in part: set target.test',
  })

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
