import { z } from 'zod'
import { APPROVAL_STATES, APPROVAL_VERDICTS, decisionSchema, evaluationSchema, sendBackSchema } from '#graph'
import { idSchema } from '../ids.ts'

export const approvalSummarySchema = z.object({
  id: z.string(),
  runId: z.string(),
  flowName: z.string(),
  topic: z.string().nullable(),
  label: z.string(),
  state: z.enum(APPROVAL_STATES),
  round: z.number().int(),
  quorum: z.number().int(),
  approvals: z.number().int(),
  createdAt: z.string(),
  until: z.string().nullable(),
  mine: z.object({ verdict: z.enum(APPROVAL_VERDICTS), at: z.string() }).nullable(),
})

const person = z.object({ id: z.string(), name: z.string() })

export const approvalSchema = approvalSummarySchema.extend({
  content: z.json(),
  /** What a decision has to name: it counts for this content only. */
  contentHash: z.string(),
  /** The content as people read and edit it. */
  text: z.string(),
  form: z.enum(['text', 'json']),
  instructions: z.string(),
  sendBackTo: z.array(sendBackSchema),
  decisions: z.array(decisionSchema),
  evaluations: z.array(evaluationSchema),
  /** Whether who asks is among those who are asked to decide, and has not yet. */
  asked: z.boolean(),
  /** Who else may be asked. */
  others: z.array(person),
})

const notes = z.string().trim().max(10_000)
const MAX_TEXT = 1_000_000

const onContent = { id: idSchema, contentHash: z.string().regex(/^[0-9a-f]{64}$/), notes: notes.default('') }

export const decideSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ ...onContent, verdict: z.literal('approved') }),
  /** Saves this text and approves it. */
  z.strictObject({ ...onContent, verdict: z.literal('edited'), text: z.string().min(1).max(MAX_TEXT) }),
  z.strictObject({ ...onContent, verdict: z.literal('rejected'), notes: notes.min(1) }),
  /** `to`: an id of `sendBackTo`; the first of them where it is absent. */
  z.strictObject({
    ...onContent,
    verdict: z.literal('sent_back'),
    notes: notes.min(1),
    to: z.string().min(1).max(200).optional(),
  }),
])

export const delegateSchema = z.strictObject({ ...onContent, userId: idSchema })

export const decidedSchema = z.object({
  approval: approvalSummarySchema,
  /** The same was decided before; nothing has changed. */
  repeated: z.boolean(),
})
