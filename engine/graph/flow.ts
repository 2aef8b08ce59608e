import { z } from 'zod'
import { nodeSettingsSchema } from './node-settings.ts'

export const FLOW_SCHEMA_VERSION = 1

/** Limits that keep one document small enough to validate, plan and draw at once. */
export const MAX_NODES = 2_000
export const MAX_EDGES = 6_000
export const MAX_NOTES = 1_000
export const MAX_GROUPS = 1_000
export const MAX_SUBFLOWS = 1_000

export const MAX_TITLE = 200
export const MAX_DESCRIPTION = 2_000
export const MAX_NOTE_TEXT = 10_000

const id = z
  .string()
  .regex(/^[a-zA-Z][\w-]{0,63}$/, 'letters, digits, "-" and "_", starting with a letter, 64 at most')
const point = z.object({ x: z.number(), y: z.number() })
const colour = z.string().regex(/^([a-z][a-z-]{0,29}|#[0-9a-fA-F]{6})$/, 'the name of a colour or #rrggbb')

export const flowNodeSchema = z.strictObject({
  id,
  type: z.string().min(1).max(100),
  version: z.number().int().positive(),
  title: z.string().max(MAX_TITLE).optional(),
  position: point,
  config: z.record(z.string(), z.json()),
  settings: nodeSettingsSchema.optional(),
  disabled: z.boolean().optional(),
  colour: colour.optional(),
  annotation: z.string().max(MAX_DESCRIPTION).optional(),
  /** The sub-flow that it lies in; on the top level when absent. */
  subflow: z.string().optional(),
})

const endpoint = z.strictObject({ node: z.string(), port: z.string() })

export const flowEdgeSchema = z.strictObject({ id, source: endpoint, target: endpoint })

const length = z.number().min(20).max(10_000)

export const flowNoteSchema = z.strictObject({
  id,
  text: z.string().max(MAX_NOTE_TEXT),
  position: point,
  width: length.optional(),
  height: length.optional(),
  colour: colour.optional(),
  subflow: z.string().optional(),
})

export const flowGroupSchema = z.strictObject({
  id,
  title: z.string().max(MAX_TITLE),
  nodes: z.array(z.string()),
  colour: colour.optional(),
})

/** Nodes and notes that are drawn as one node until somebody opens it. Planning and running know nothing of it. */
export const flowSubflowSchema = z.strictObject({
  id,
  title: z.string().max(MAX_TITLE),
  position: point,
  /** The sub-flow that this one lies in; on the top level when absent. */
  parent: z.string().optional(),
  colour: colour.optional(),
  annotation: z.string().max(MAX_DESCRIPTION).optional(),
})

/** A year. */
export const MAX_RUN_MINUTES = 366 * 24 * 60

/** Whose steps go first where there is not room for all, of runs of one organisation. First is highest. */
export const PRIORITIES = ['high', 'normal', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

const allowed = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional()

/** What one run may use of models; reaching one of them ends it as failed before the next call. */
export const budgetSchema = z.strictObject({
  calls: allowed,
  /** Read and written together. */
  tokens: allowed,
  /** Millionths of a US dollar. */
  costMicros: allowed,
  /** The run's log says so when this share is used. */
  warnPercent: z.number().int().min(1).max(100).default(80),
})
export type Budget = z.infer<typeof budgetSchema>

/** Of one run, over all its nodes together: model slots at a time, and time in all. */
export const flowLimitsSchema = z.strictObject({
  maxLocalConcurrent: z.number().int().min(1).max(3).default(1),
  maxCloudConcurrent: z.number().int().min(1).max(10).default(5),
  /** A run that is not over after so long ends as failed, whatever it does or waits for. */
  timeoutMinutes: z.number().int().min(1).max(MAX_RUN_MINUTES).optional(),
  /** Of its runs, where nobody says otherwise as one is started; `normal` when absent. */
  priority: z.enum(PRIORITIES).optional(),
  budget: budgetSchema.optional(),
})

/** A flow as it is saved, published, imported and exported. */
export const flowSchema = z.strictObject({
  schemaVersion: z.literal(FLOW_SCHEMA_VERSION),
  name: z.string().min(1).max(MAX_TITLE),
  description: z.string().max(MAX_DESCRIPTION).default(''),
  nodes: z.array(flowNodeSchema).max(MAX_NODES),
  edges: z.array(flowEdgeSchema).max(MAX_EDGES),
  notes: z.array(flowNoteSchema).max(MAX_NOTES).default([]),
  groups: z.array(flowGroupSchema).max(MAX_GROUPS).default([]),
  subflows: z.array(flowSubflowSchema).max(MAX_SUBFLOWS).default([]),
  limits: flowLimitsSchema.prefault({}),
})

export type Flow = z.infer<typeof flowSchema>
export type FlowNode = z.infer<typeof flowNodeSchema>
export type FlowEdge = z.infer<typeof flowEdgeSchema>
export type FlowNote = z.infer<typeof flowNoteSchema>
export type FlowGroup = z.infer<typeof flowGroupSchema>
export type FlowSubflow = z.infer<typeof flowSubflowSchema>
