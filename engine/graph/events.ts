import { z } from 'zod'
import { NODE_WAIT_KINDS, usageSchema } from '#sdk'
import { dueSchema } from './moments.ts'

export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  retryable: z.boolean(),
  facts: z.record(z.string(), z.unknown()),
})

export const RUN_STATUSES = [
  'queued',
  'running',
  /** Nothing is running or ready: it goes on when a wait of one of its steps is over. */
  'waiting',
  /** A person said so: nothing new starts until one says otherwise. */
  'paused',
  'succeeded',
  'succeeded_without_winner',
  'failed',
  'cancelled',
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]
export const TERMINAL_RUN_STATUSES: readonly RunStatus[] = [
  'succeeded',
  'succeeded_without_winner',
  'failed',
  'cancelled',
]

export const STEP_STATUSES = [
  'ready',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
] as const
export type StepStatus = (typeof STEP_STATUSES)[number]

/** What steps wait for. `decision`: a person says what is to become of a step that was cut short. */
export const WAIT_KINDS = [...NODE_WAIT_KINDS, 'decision'] as const
export type WaitKind = (typeof WAIT_KINDS)[number]

/** Whether a wait ended without an answer. The time of a timer is its answer; of anything else it is the deadline. */
export const waitExpired = (kind: WaitKind, cause: 'answered' | 'due'): boolean =>
  cause === 'due' && kind !== 'timer'

const outputRefs = z.array(
  z.object({ id: z.string(), port: z.string(), type: z.string(), label: z.string() }),
)

const stepRef = {
  stepId: z.string(),
  nodeId: z.string(),
  path: z.string(),
  /** What people see: "Creative writer", "Clarity editor on Creative writer". */
  label: z.string(),
  attempt: z.number().int().positive(),
}

/** What is written to a run's log. */
export const runEventBodySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.started'), plannedSteps: z.number(), plannedDrafts: z.number() }),
  z.object({ type: z.literal('step.started'), ...stepRef, models: z.array(z.string()) }),
  z.object({
    type: z.literal('call.finished'),
    ...stepRef,
    callId: z.string(),
    purpose: z.string(),
    model: z.string(),
    text: z.string(),
    usage: usageSchema,
    durationMs: z.number(),
  }),
  z.object({ type: z.literal('step.progress'), ...stepRef, message: z.string() }),
  z.object({
    type: z.literal('step.succeeded'),
    ...stepRef,
    outputs: outputRefs,
    durationMs: z.number(),
  }),
  z.object({
    type: z.literal('step.failed'),
    ...stepRef,
    failure: failureSchema,
    /** Milliseconds after this event until the next attempt; null when this was the last one. */
    retryInMs: z.number().nullable(),
    /** What went out at the port for failures, where the flow goes on from there. */
    outputs: outputRefs.optional(),
    durationMs: z.number(),
  }),
  /** `due`: when it goes on without an answer, counted from this event. */
  z.object({
    type: z.literal('step.waiting'),
    ...stepRef,
    kind: z.enum(WAIT_KINDS),
    due: dueSchema.nullable(),
    /** What there is to decide about. */
    failure: failureSchema.optional(),
    durationMs: z.number(),
  }),
  /** Its wait is over: it was answered (`by` whom, where that is known), or its time had come. */
  z.object({
    type: z.literal('step.resumed'),
    ...stepRef,
    cause: z.enum(['answered', 'due']),
    by: z.string().nullable(),
  }),
  /** It was given back as it was: its worker stopped, or its run is paused. Another attempt follows. */
  z.object({ type: z.literal('step.released'), ...stepRef }),
  z.object({ type: z.literal('step.skipped'), ...stepRef, reason: z.string() }),
  /** A node of a trial that is taken to have put this out, without having run. */
  z.object({ type: z.literal('step.given'), ...stepRef, outputs: outputRefs }),
  /** From here on nothing runs until a wait is over. */
  z.object({ type: z.literal('run.waiting') }),
  /** It came to a limit and ends. */
  z.object({ type: z.literal('run.stopping'), failure: failureSchema }),
  /** It has used the share of its budget at which people want to know. */
  z.object({
    type: z.literal('run.budget'),
    measure: z.enum(['calls', 'tokens', 'costMicros']),
    used: z.number(),
    allowed: z.number(),
  }),
  z.object({ type: z.literal('run.paused'), by: z.string() }),
  z.object({ type: z.literal('run.resumed'), by: z.string() }),
  z.object({ type: z.literal('run.cancelling'), by: z.string() }),
  z.object({
    type: z.literal('run.finished'),
    status: z.enum(RUN_STATUSES),
    failure: failureSchema.nullable(),
    usage: usageSchema,
  }),
])
export type RunEventBody = z.infer<typeof runEventBodySchema>

/** An event of a run's log. `seq` starts at 1 and has no gaps; `at` is an ISO time of the database's clock. */
export interface RunEvent {
  seq: number
  at: string
  body: RunEventBody
}

/** A piece of text that a model is still writing. Not in the log: `offset` is where it belongs in the call's text. */
export interface StreamChunk {
  stepId: string
  callId: string
  purpose: string
  offset: number
  text: string
}
