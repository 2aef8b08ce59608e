/**
 * What crosses between the engine and a sandbox process. Requests are handled one after the other and answered in the
 * same order, so the oldest unanswered request is always the one being worked on: when a process dies or stops
 * answering, that one is to blame and no other.
 */
import { z } from 'zod'
import { httpRequestSchema } from '#graph'

export type Request =
  | { op: 'load'; seq: number; plugin: string; snapshot: string | null }
  /** The body is a script for contexts of the snapshot of plugin `over`. */
  | { op: 'script'; seq: number; plugin: string; over: string }
  | { op: 'unload'; seq: number; plugin: string }
  | { op: 'manifests'; seq: number; plugin: string }
  | { op: 'run'; seq: number; step: number; plugin: string; organisation: string; run: string }
  | { op: 'reply'; seq: number; step: number }
  | { op: 'drop'; seq: number; step: number }
  | { op: 'forget'; seq: number; organisation: string; run: string }
  | { op: 'stats'; seq: number }
  | { op: 'probe'; seq: number }

/**
 * What ended the isolate in which the request was handled. `lost`: it had ended before, by no fault of this step.
 * `invalid`: the plugin's code could not even be loaded.
 */
export const ISOLATE_ENDS = ['timeout', 'memory', 'broken', 'lost', 'invalid'] as const

export const readySchema = z.object({ ready: z.literal(true) })

export const answerSchema = z.object({
  seq: z.number(),
  end: z.enum(ISOLATE_ENDS).optional(),
  /** Why a plugin could not be loaded, or what broke. */
  error: z.string().optional(),
  /** Snapshot made while loading, base64. */
  snapshot: z.string().optional(),
  rssBytes: z.number().optional(),
  /** What this slice took, where that is measured. */
  took: z.object({ cpuMs: z.number(), peakBytes: z.number() }).optional(),
})
export type Answer = z.infer<typeof answerSchema>

const requestSchema = z.discriminatedUnion('capability', [
  z.object({
    capability: z.literal('model'),
    model: z.string().optional(),
    system: z.string().optional(),
    prompt: z.string(),
    purpose: z.string(),
    schema: z.record(z.string(), z.json()).optional(),
  }),
  z.object({ capability: z.literal('http'), request: httpRequestSchema }),
])

/** What node code says to the host. Comes out of an isolate, so nothing in it is taken on trust. */
export const guestMessagesSchema = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('call'), step: z.number(), call: z.number(), request: requestSchema }),
    z.object({ kind: z.literal('log'), step: z.number(), message: z.string(), facts: z.unknown() }),
    z.object({ kind: z.literal('progress'), step: z.number(), message: z.string() }),
    z.object({
      kind: z.literal('done'),
      step: z.number(),
      outputs: z.array(z.object({ port: z.string(), label: z.string(), value: z.unknown() })),
    }),
    z.object({ kind: z.literal('wait'), step: z.number(), wait: z.unknown() }),
    z.object({
      kind: z.literal('fail'),
      step: z.number(),
      /** The model request whose failure the node let through. */
      call: z.number().optional(),
      code: z.string(),
      message: z.string(),
      fix: z.string().optional(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ]),
)
export type GuestMessage = z.infer<typeof guestMessagesSchema>[number]

export const processStatsSchema = z.object({
  rssBytes: z.number(),
  isolates: z.array(
    z.object({
      organisationId: z.string().nullable(),
      plugin: z.string(),
      contexts: z.number(),
      heapBytes: z.number(),
    }),
  ),
})

/** Frames from a sandbox process: outputs are at most 4 MiB, a snapshot is a few. */
export const MAX_FRAME_BYTES = 48 * 1024 * 1024
