import { z } from 'zod'
import { RUN_STATUSES, failureSchema } from '../events.ts'
import { cronFault, isTimeZone } from '../schedule.ts'
import { briefMappingSchema } from './mapping.ts'

export const TRIGGER_KINDS = ['schedule', 'webhook', 'form', 'flow'] as const
export type TriggerKind = (typeof TRIGGER_KINDS)[number]

const cron = z
  .string()
  .trim()
  .max(200)
  .superRefine((text, context) => {
    const fault = cronFault(text)
    if (fault !== null) context.addIssue({ code: 'custom', message: fault })
  })

/** What a flow without a brief gets is what came in. */
const brief = briefMappingSchema.nullable()

export const scheduleSettingsSchema = z.strictObject({
  kind: z.literal('schedule'),
  cron,
  timeZone: z.string().max(100).refine(isTimeZone, 'is no time zone'),
  /** What becomes of times at which nothing ran: none, the last one, or the last `maxMissed` of them. */
  missed: z.enum(['skip', 'once', 'all']),
  maxMissed: z.number().int().min(1).max(100).default(10),
  brief,
})
export type ScheduleSettings = z.infer<typeof scheduleSettingsSchema>

export const webhookSettingsSchema = z.strictObject({
  kind: z.literal('webhook'),
  /**
   * `standard`: the headers of standardwebhooks.com, with delivery id and time inside the signature; `hub`:
   * `X-Hub-Signature-256` over the body, as GitHub sends it.
   */
  signing: z.enum(['none', 'standard', 'hub']),
  /** How old or early a signed delivery may be. */
  toleranceSeconds: z.number().int().min(10).max(3_600).default(300),
  /** The header that names a delivery; null: the usual ones, else the hash of the body. */
  deliveryHeader: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9-]{1,100}$/, 'is no name of a header')
    .nullable()
    .default(null),
  /** For how long the same delivery is known again. */
  dedupeHours: z.number().int().min(1).max(168).default(24),
  answer: z.enum(['at-once', 'result']),
  /** After this long without a result the answer is a link to it. */
  waitSeconds: z.number().int().min(1).max(55).default(25),
  brief,
})
export type WebhookSettings = z.infer<typeof webhookSettingsSchema>

export const formSettingsSchema = z.strictObject({
  kind: z.literal('form'),
  access: z.enum(['public', 'members']),
  title: z.string().trim().max(200),
  intro: z.string().trim().max(2_000).default(''),
  thanks: z.string().trim().max(1_000).default(''),
})
export type FormSettings = z.infer<typeof formSettingsSchema>

export const flowSettingsSchema = z.strictObject({
  kind: z.literal('flow'),
  sourceFlowId: z.string().min(1).max(200),
  on: z.enum(['succeeded', 'failed', 'both']),
  /** Flows that start each other end after this many in a row. */
  maxInARow: z.number().int().min(1).max(50).default(5),
  brief,
})
export type FlowSettings = z.infer<typeof flowSettingsSchema>

export const triggerSettingsSchema = z.discriminatedUnion('kind', [
  scheduleSettingsSchema,
  webhookSettingsSchema,
  formSettingsSchema,
  flowSettingsSchema,
])
export type TriggerSettings = z.infer<typeof triggerSettingsSchema>

/** `accepted`: durable, its run starts as soon as possible; `skipped`: a time of a schedule that was missed. */
export const CALL_STATUSES = ['accepted', 'started', 'refused', 'skipped'] as const
export type CallStatus = (typeof CALL_STATUSES)[number]

export const triggerCallSchema = z.object({
  id: z.string(),
  at: z.string(),
  status: z.enum(CALL_STATUSES),
  /** Of a schedule: the time that it was due. */
  dueAt: z.string().nullable(),
  /** By somebody who tried the trigger. */
  tried: z.boolean(),
  /** How often the same delivery came again. */
  duplicates: z.number().int(),
  failure: failureSchema.nullable(),
  /** The run that it started, and what became of that. */
  run: z.object({ id: z.string(), status: z.enum(RUN_STATUSES) }).nullable(),
  /** What came in. */
  body: z.json(),
})
export type TriggerCall = z.infer<typeof triggerCallSchema>

export const triggerSummarySchema = z.object({
  id: z.string(),
  flowId: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  settings: triggerSettingsSchema,
  /** Where deliveries or visitors go; null where there is none, or for whoever may not change triggers. */
  path: z.string().nullable(),
  signed: z.boolean(),
  /** Of a schedule. */
  nextAt: z.string().nullable(),
  /** As whom it starts runs; null where they are gone. */
  runsAs: z.string().nullable(),
  createdAt: z.string(),
  lastCall: z.object({ at: z.string(), status: z.enum(CALL_STATUSES) }).nullable(),
})
export type TriggerSummary = z.infer<typeof triggerSummarySchema>
