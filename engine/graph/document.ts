import { z } from 'zod'
import {
  criterionScoreSchema,
  deliverableVersionSchema,
  reviewSchema,
  revisionSchema,
  usageSchema,
} from '#sdk'
import { RUN_STATUSES, STEP_STATUSES, failureSchema, runEventBodySchema } from './events.ts'
import { planSchema } from './plan-types.ts'
import { madeOfSchema, replayFactsSchema } from './replay.ts'
import { trialFactsSchema } from './trial.ts'

export const documentDraftSchema = z.object({
  id: z.string(),
  /** The draft that it was made from. */
  parent: z.string().nullable(),
  /** Slugs. */
  writer: z.string(),
  editor: z.string().nullable(),
  writerName: z.string(),
  editorName: z.string().nullable(),
  model: z.string(),
  modelLabel: z.string(),
  status: z.string(),
  text: z.string(),
  revisions: z.array(revisionSchema),
  reviews: z.array(reviewSchema),
})
export type DocumentDraft = z.infer<typeof documentDraftSchema>

/**
 * Everything a run came to, as the command line prints it and the results page shows it. Lists are in the flow's
 * stable order, `ranking` by rank. The same input and seed give the same document apart from ids and times.
 */
export const runDocumentSchema = z.object({
  runId: z.string(),
  flow: z.object({ id: z.string().nullable(), name: z.string() }),
  status: z.enum(RUN_STATUSES),
  seed: z.number(),
  input: z.json(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  failure: failureSchema.nullable(),
  /** Steps that were given up, also where the run succeeded without them. */
  failedSteps: z.number().int(),
  plan: planSchema,
  /** What part of the flow was tried, and what was given; null for a run of the whole. */
  trial: trialFactsSchema.nullable(),
  /** What it took over from an earlier run; null for a run of its own. */
  replay: replayFactsSchema.nullable(),
  /** That run, as long as it is there. */
  retryOf: z.string().nullable(),
  rerunOf: z.string().nullable(),
  /** The run whose step started it, as long as that one is there. */
  childOf: z.string().nullable(),
  /** The runs that were made of this one, oldest first. */
  madeOfIt: z.array(madeOfSchema),
  /** Finished drafts: those that no further editor took up. */
  drafts: z.array(documentDraftSchema),
  evaluations: z.array(
    z.object({
      draftId: z.string(),
      evaluator: z.string(),
      evaluatorName: z.string(),
      model: z.string(),
      stage: z.enum(['initial', 'final']),
      criteria: z.array(criterionScoreSchema),
      score: z.number(),
      rank: z.number().nullable(),
      reason: z.string(),
    }),
  ),
  ranking: z.array(
    z.object({
      draftId: z.string(),
      meanScore: z.number().nullable(),
      evaluations: z.number(),
      initialRank: z.number().nullable(),
      points: z.number().nullable(),
      rank: z.number().nullable(),
    }),
  ),
  rankingMethod: z.string().nullable(),
  /** What was missing when places were given, if anything. */
  rankingNote: z.string().nullable(),
  deliverable: z
    .object({
      title: z.string(),
      contentType: z.string(),
      winner: z.string().nullable(),
      note: z.string().nullable(),
      versions: z.array(deliverableVersionSchema),
    })
    .nullable(),
  /** What nodes that nothing follows put out, other than deliverables. */
  outputs: z.array(
    z.object({ nodeId: z.string(), port: z.string(), type: z.string(), label: z.string(), value: z.json() }),
  ),
  usage: usageSchema,
  /** Labels of the models that took part; "Sample model: no AI" among them where it did. */
  models: z.array(z.object({ id: z.string(), label: z.string(), provider: z.string(), local: z.boolean() })),
})
export type RunDocument = z.infer<typeof runDocumentSchema>

export const documentStepSchema = z.object({
  id: z.string(),
  nodeId: z.string(),
  path: z.string(),
  label: z.string(),
  status: z.enum(STEP_STATUSES),
  attempt: z.number(),
  attempts: z.array(
    z.object({
      attempt: z.number(),
      status: z.enum(STEP_STATUSES),
      startedAt: z.string(),
      finishedAt: z.string(),
      failure: failureSchema.nullable(),
    }),
  ),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  failure: failureSchema.nullable(),
})

/** `runs show`: the document with its steps, their attempts and the event log. */
export const runRecordSchema = runDocumentSchema.extend({
  steps: z.array(documentStepSchema),
  events: z.array(z.object({ seq: z.number(), at: z.string(), body: runEventBodySchema })),
})
export type RunRecord = z.infer<typeof runRecordSchema>

export const runSummarySchema = z.object({
  id: z.string(),
  flowId: z.string().nullable(),
  flowName: z.string(),
  status: z.enum(RUN_STATUSES),
  topic: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  plannedSteps: z.number(),
  finishedSteps: z.number(),
  drafts: z.number(),
  usage: usageSchema,
  /** The earlier run that it took over from. */
  retryOf: z.string().nullable(),
  rerunOf: z.string().nullable(),
  /** The run whose step started it. */
  childOf: z.string().nullable(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** A run that a step of another one starts. */
export const childSummarySchema = z.object({
  stepId: z.string(),
  nodeId: z.string(),
  /** Of the step. */
  label: z.string(),
  /** Counted from 0: of the entry of a list, in its order. */
  place: z.number().int(),
  /** What it works on, in a few words. */
  about: z.string(),
  /** Null where there is no such run: not yet, or never. */
  runId: z.string().nullable(),
  flowName: z.string().nullable(),
  status: z.enum(RUN_STATUSES).nullable(),
  /** Why there is none, or why it failed. */
  failure: failureSchema.nullable(),
  /** Nothing more will come of it. */
  ended: z.boolean(),
})
export type ChildSummary = z.infer<typeof childSummarySchema>
