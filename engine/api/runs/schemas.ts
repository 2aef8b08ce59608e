import { z } from 'zod'
import type { Principal } from '#access'
import { PressroomError, runEventBodySchema, trialSchema } from '#graph'
import type { StartOptions } from '#run/interfaces.ts'
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

/** Letters, digits and signs; no spaces, as in a header. */
const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[!-~]+$/, 'may hold letters, digits and signs, no spaces')

/** Beside the header `Idempotency-Key`, for callers who can't set one. */
export const onceSchema = z.strictObject({ idempotencyKey: idempotencyKeySchema.optional() })

export const startedSchema = z.object({
  runId: z.string(),
  /** The run was there: an earlier request with the same key started it. */
  repeated: z.boolean(),
})

/** Who starts a run, and under which key. */
export function startOptions(
  { idempotencyKey: header, principal }: { idempotencyKey: string | null; principal: Principal },
  key: string | undefined,
): StartOptions {
  if (header !== null && key !== undefined && header !== key) {
    throw new PressroomError({
      code: 'input.two_keys',
      message: 'The header and the input name different idempotency keys.',
      fix: 'Give the key in one of the two places.',
    })
  }
  const { success, data, error } = idempotencyKeySchema.optional().safeParse(key ?? header ?? undefined)
  if (!success) {
    throw new PressroomError({
      code: 'input.invalid',
      message: `Idempotency-Key: ${error.issues[0]?.message ?? 'invalid'}`,
      fix: 'Send a key of 1 to 255 letters, digits and signs, such as a UUID.',
    })
  }
  return { startedBy: principal.id, idempotencyKey: data }
}

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
