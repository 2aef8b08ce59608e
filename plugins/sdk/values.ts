import { z } from 'zod'

/** Tokens and money of one or more model calls. `costMicros`: millionths of a US dollar; local models cost 0. */
export const usageSchema = z.object({
  calls: z.number().int().nonnegative(),
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  costMicros: z.number().int().nonnegative(),
})
export type Usage = z.infer<typeof usageSchema>

export const NO_USAGE: Usage = { calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 }

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costMicros: a.costMicros + b.costMicros,
  }
}

/** One thing an evaluator scores from 1 to 10; `anchors` say in words what a low, a middle and a high score mean. */
export const criterionSchema = z.object({
  name: z.string().min(1),
  description: z.string(),
  anchors: z.object({ low: z.string(), middle: z.string(), high: z.string() }),
})
export type Criterion = z.infer<typeof criterionSchema>

export const AGENT_ROLES = ['writer', 'editor', 'evaluator'] as const
export type AgentRole = (typeof AGENT_ROLES)[number]

/** A personality: who writes, edits or evaluates. `criteria` are set for evaluators only. */
export const agentSchema = z.object({
  slug: z.string().min(1),
  name: z.string().min(1),
  role: z.enum(AGENT_ROLES),
  description: z.string(),
  systemPrompt: z.string(),
  criteria: z.array(criterionSchema).default([]),
})
export type Agent = z.infer<typeof agentSchema>

export const TONES = [
  'professional',
  'conversational',
  'casual',
  'formal',
  'persuasive',
  'educational',
] as const

/** What is being written: its name for people and the context that every writer of it is given. */
export const contentTypeSchema = z.object({
  slug: z.string().min(1),
  name: z.string().min(1),
  description: z.string(),
  systemContext: z.string(),
})
export type ContentType = z.infer<typeof contentTypeSchema>

export const briefSchema = z.object({
  contentType: contentTypeSchema,
  topic: z.string().min(1),
  audience: z.string().min(1),
  goal: z.string().min(1),
  keyPoints: z.array(z.string().min(1)).min(1),
  tone: z.enum(TONES),
  constraints: z.string().optional(),
  examples: z.string().optional(),
  additionalContext: z.string().optional(),
})
export type Brief = z.infer<typeof briefSchema>

/**
 * Who made something, with what: an agent and the id of the model configuration it spoke through, or a person (by the
 * id of their account) and no model.
 */
export const authorSchema = z.object({
  role: z.enum([...AGENT_ROLES, 'person']),
  slug: z.string(),
  name: z.string(),
  model: z.string(),
})
export type Author = z.infer<typeof authorSchema>

/** One version of a draft's text. Number 1 is the first draft; each later one answers `notes` of an editor. */
export const revisionSchema = z.object({
  number: z.number().int().positive(),
  text: z.string(),
  author: authorSchema,
  notes: z.array(z.string()),
  usage: usageSchema,
})
export type Revision = z.infer<typeof revisionSchema>

/** An editor's verdict on one revision. */
export const reviewSchema = z.object({
  revision: z.number().int().positive(),
  editor: authorSchema,
  approved: z.boolean(),
  reason: z.string(),
  notes: z.array(z.string()),
  usage: usageSchema,
})
export type Review = z.infer<typeof reviewSchema>

export const DRAFT_STATUSES = ['written', 'approved', 'max_cycles_reached'] as const

/**
 * A text on its way through the flow with its whole history. `id` is the id of the step that made this draft.
 * `parent` is the id of the draft that an editor took it from; `writer` keeps its prompt so that it can revise.
 */
export const draftSchema = z.object({
  id: z.string(),
  parent: z.string().nullable(),
  brief: briefSchema,
  writer: agentSchema,
  editor: agentSchema.nullable(),
  model: z.string(),
  status: z.enum(DRAFT_STATUSES),
  text: z.string(),
  revisions: z.array(revisionSchema).min(1),
  reviews: z.array(reviewSchema),
})
export type Draft = z.infer<typeof draftSchema>

/** A criterion's score from 1 to 10 and the evaluator's reason for it. */
export const criterionScoreSchema = z.object({
  name: z.string(),
  score: z.number().min(1).max(10),
  reason: z.string(),
})

/**
 * What an evaluator thought of a draft. Stage `initial`: `criteria` are scored and `score` is their mean (1 to 10).
 * Stage `final`: the draft was ranked among all finalists; `rank` starts at 1, `score` is the points it earned.
 */
export const evaluationSchema = z.object({
  draftId: z.string(),
  evaluator: authorSchema,
  stage: z.enum(['initial', 'final']),
  criteria: z.array(criterionScoreSchema),
  score: z.number(),
  rank: z.number().int().positive().nullable(),
  reason: z.string(),
  usage: usageSchema,
})
export type Evaluation = z.infer<typeof evaluationSchema>

/** A draft's place. `meanScore` and `rank` are null where no evaluator could judge it; `points` is null outside the final. */
export const rankingEntrySchema = z.object({
  draftId: z.string(),
  meanScore: z.number().nullable(),
  evaluations: z.number().int().nonnegative(),
  initialRank: z.number().int().positive().nullable(),
  points: z.number().int().nonnegative().nullable(),
  rank: z.number().int().positive().nullable(),
})

/** `method` says in words how places were given and ties broken; `note` what was missing, if anything. */
export const rankingSchema = z.object({
  entries: z.array(rankingEntrySchema),
  ballots: z.array(evaluationSchema),
  method: z.string(),
  note: z.string().nullable(),
})
export type Ranking = z.infer<typeof rankingSchema>

export const deliverableVersionSchema = z.object({
  rank: z.number().int().positive().nullable(),
  current: z.boolean(),
  draftId: z.string(),
  writer: z.string(),
  editor: z.string().nullable(),
  model: z.string(),
  meanScore: z.number().nullable(),
  points: z.number().nullable(),
  text: z.string(),
})

/** The best drafts as one piece of work. `winner` is null when nothing could be ranked; `note` then says why. */
export const deliverableSchema = z.object({
  title: z.string(),
  contentType: z.string(),
  winner: z.string().nullable(),
  note: z.string().nullable(),
  versions: z.array(deliverableVersionSchema),
})
export type Deliverable = z.infer<typeof deliverableSchema>
