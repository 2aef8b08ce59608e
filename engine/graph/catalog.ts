import { z } from 'zod'
import { TONES, agentSchema, contentTypeSchema } from '#sdk'

/** A field of a content type's brief form. `key` is a key of the brief. */
export const briefFieldSchema = z.object({
  key: z.enum([
    'topic',
    'audience',
    'goal',
    'keyPoints',
    'tone',
    'constraints',
    'examples',
    'additionalContext',
  ]),
  label: z.string(),
  help: z.string(),
  placeholder: z.string(),
  kind: z.enum(['line', 'text', 'list', 'choice']),
  required: z.boolean(),
})
export type BriefField = z.infer<typeof briefFieldSchema>

export const catalogContentTypeSchema = contentTypeSchema.extend({ form: z.array(briefFieldSchema) })
export type CatalogContentType = z.infer<typeof catalogContentTypeSchema>

/**
 * A personality speaking through a model. `provider` names the connector ("sample", "ollama"); `local` says whether
 * the text stays on the organisation's own machines. `label` is what people see.
 */
export const modelConfigurationSchema = z.object({
  id: z.string(),
  agent: z.string().nullable(),
  provider: z.string(),
  /** Id of the saved connection that it is reached by; none for those that come with Pressroom. */
  connection: z.string().nullish(),
  model: z.string(),
  label: z.string(),
  local: z.boolean(),
  isDefault: z.boolean(),
  temperature: z.number().min(0).max(2),
  maxOutputTokens: z.number().int().positive(),
})
export type ModelConfiguration = z.infer<typeof modelConfigurationSchema>

/** A connection that the organisation saved, as flows may know it: never its address or its secrets. */
export const savedConnectionSchema = z.object({ id: z.string(), kind: z.string(), name: z.string() })
export type SavedConnection = z.infer<typeof savedConnectionSchema>

/** A published flow as other flows may run it, with the ids of the flows that it runs itself. */
export const callableFlowSchema = z.object({
  id: z.string(),
  name: z.string(),
  takesBrief: z.boolean(),
  /** Slug of the one that its brief is for. */
  contentType: z.string().nullable(),
  runs: z.array(z.string()),
})
export type CallableFlow = z.infer<typeof callableFlowSchema>

/** The flow that is to run others, and those that its team or everybody has. */
export const callablesSchema = z.object({
  caller: z.string(),
  flows: z.array(callableFlowSchema),
})
export type Callables = z.infer<typeof callablesSchema>

/** What flows refer to by name. A run keeps the catalog it started with, so later edits never change its outcome. */
export const catalogSchema = z.object({
  contentTypes: z.array(catalogContentTypeSchema),
  agents: z.array(agentSchema),
  models: z.array(modelConfigurationSchema),
  /** Left out where none can be saved. */
  connections: z.array(savedConnectionSchema).optional(),
  /** Left out where they are not known: nothing is then said of nodes that run other flows. */
  callables: callablesSchema.optional(),
})
export type Catalog = z.infer<typeof catalogSchema>

/** A brief as a person or a program sends it; the content type comes from the flow. */
export const briefInputSchema = z.strictObject({
  topic: z.string().trim().min(1).max(500),
  audience: z.string().trim().min(1).max(500),
  goal: z.string().trim().min(1).max(1_000),
  keyPoints: z.array(z.string().trim().min(1).max(500)).min(1).max(20),
  tone: z.enum(TONES),
  constraints: z.string().max(4_000).optional(),
  examples: z.string().max(20_000).optional(),
  additionalContext: z.string().max(20_000).optional(),
})
export type BriefInput = z.infer<typeof briefInputSchema>

/** The input of a run. */
export const runInputSchema = z.strictObject({
  brief: briefInputSchema.optional(),
  value: z.json().optional(),
})
export type RunInput = z.infer<typeof runInputSchema>
