/**
 * Job: holds an item until enough people have approved it, and lets it go on as they left it.
 * Boundary: who may decide, the quorum and the edits are the engine's; this node says what is asked and what follows.
 *
 * 1. Nothing is approved by itself: a deadline rejects or fails.
 * 2. What is sent back is worked on by whom it was sent to and waits anew; nobody's earlier approval counts for it.
 * 3. A draft that was changed goes on as a new draft with the old one as parent, as any edited draft does.
 */
import {
  NodeError,
  type Draft,
  bylineOf,
  defineNode,
  draftSchema,
  durationFields,
  exampleAuthor,
  exampleDraft,
  labelOf,
  outcomeSchema,
  revise,
  revised,
  secondsOf,
  template,
  wait,
  z,
} from '#sdk'

const { amount, unit } = durationFields(3, 'days')

/** How often it was sent back so far. */
const carrySchema = z.object({ sentBack: z.number().int() })

const draftIn = (value: unknown): Draft | null => draftSchema.safeParse(value).data ?? null

const config = z.object({
  roles: z.array(z.string().min(1).max(200)).max(50).default([]).meta({
    title: 'Who decides',
    description:
      'Roles such as reviewer, or the id of a role of your own. Left empty: everybody who may decide.',
  }),
  quorum: z.number().int().min(1).max(20).default(1).meta({
    title: 'Approvals needed',
    description: 'How many people have to approve the same text.',
  }),
  instructions: template({ multiline: true }).default('').meta({
    title: 'Instructions',
    description: 'What to look at. Shown above the text.',
  }),
  maxSendBacks: z.number().int().min(0).max(10).default(3).meta({
    title: 'Sent back at most',
    description: 'How often it can go back with notes, to a draft’s writer or to an earlier step. 0: never.',
  }),
  onDeadline: z.enum(['wait on', 'reject', 'fail']).default('wait on').meta({
    title: 'When nobody decides',
    description: '“reject” and “fail” count from the time below; nothing is ever approved by itself.',
  }),
  amount: amount.meta({ title: 'In time means within' }),
  unit: unit.meta({ title: 'Unit' }),
})
type Config = z.output<typeof config>

/** The draft's writer revises it here, whatever steps it came through. */
const WRITER = 'writer'

function ask(content: z.infer<ReturnType<typeof z.json>>, config: Config, sentBack: number) {
  const writer = draftIn(content)?.writer.name ?? null
  return wait({
    kind: 'approval',
    content,
    assignees: config.roles,
    quorum: config.quorum,
    instructions: config.instructions.slice(0, 5_000),
    sendBackTo:
      sentBack < config.maxSendBacks
        ? writer === null
          ? []
          : [{ id: WRITER, name: writer, again: [] }]
        : null,
    ...(config.onDeadline === 'wait on' ? {} : { deadline: { seconds: secondsOf(config) } }),
    carry: { sentBack },
  })
}

/** As its own work where anything about it changed. */
function approved(content: z.infer<ReturnType<typeof z.json>>, incoming: unknown, stepId: string) {
  const [draft, before] = [draftIn(content), draftIn(incoming)]
  if (!draft || !before) return content
  if (draft.revisions.length === before.revisions.length) return content
  return { ...draft, id: stepId, parent: before.id, status: 'approved' as const }
}

const changed = exampleDraft({
  text: 'As a person wants it.',
  revisions: [
    ...exampleDraft().revisions,
    {
      number: 2,
      text: 'As a person wants it.',
      author: exampleAuthor('writer', { role: 'person', name: 'Grace', model: '' }),
      notes: [],
      usage: { calls: 0, inputTokens: 0, outputTokens: 0, costMicros: 0 },
    },
  ],
})
const decided = { notes: '', by: ['Grace'], to: null }
const answered = { kind: 'approval' as const, expired: false, carry: { sentBack: 0 } }

export default defineNode({
  type: 'approval',
  version: 1,
  title: 'Approval',
  summary: 'Holds each item until people have approved it. They can edit it, send it back or reject it.',
  category: 'flow',
  icon: 'checkmark-done-outline',
  mode: 'each',
  config,
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    approved: { type: 'any', title: 'Approved', conditional: true },
    rejected: { type: 'any', title: 'Rejected', conditional: true },
  },
  uses: ['model'],
  calls: [
    { model: 'item', max: { config: 'maxSendBacks' } },
    { model: 'way', max: { config: 'maxSendBacks' } },
  ],
  waits: ['approval'],
  examples: [
    {
      title: 'waits for two reviewers',
      config: { roles: ['reviewer'], quorum: 2 },
      inputs: { input: 'A post' },
      waits: {
        kind: 'approval',
        content: 'A post',
        assignees: ['reviewer'],
        quorum: 2,
        instructions: '',
        sendBackTo: [],
      },
      outputs: {},
    },
    {
      title: 'goes on with what was approved',
      config: {},
      inputs: { input: 'A post' },
      resumed: { ...answered, value: { verdict: 'approved', content: 'A better post', ...decided } },
      outputs: { approved: ['A better post'], rejected: [] },
    },
    {
      title: 'makes an edited draft a new one',
      config: {},
      inputs: { input: exampleDraft() },
      resumed: { ...answered, value: { verdict: 'approved', content: changed, ...decided } },
      outputs: {
        approved: [
          { id: 'example-step', parent: 'draft-1', status: 'approved', text: 'As a person wants it.' },
        ],
        rejected: [],
      },
    },
    {
      title: 'sends what was rejected another way',
      config: {},
      inputs: { input: 'A post' },
      resumed: { ...answered, value: { verdict: 'rejected', content: 'A post', ...decided } },
      outputs: { approved: [], rejected: ['A post'] },
    },
    {
      title: 'has the writer revise what was sent back, and waits again',
      config: {},
      inputs: { input: exampleDraft() },
      resumed: {
        ...answered,
        value: {
          verdict: 'sent_back',
          content: exampleDraft(),
          notes: 'Shorter',
          by: ['Grace'],
          to: 'writer',
        },
      },
      replies: ['Short.'],
      waits: {
        kind: 'approval',
        content: exampleDraft({
          text: 'Short.',
          revisions: [
            ...exampleDraft().revisions,
            {
              number: 2,
              text: 'Short.',
              author: exampleAuthor('writer'),
              notes: ['Shorter'],
              usage: { calls: 1, inputTokens: 10, outputTokens: 10, costMicros: 0 },
            },
          ],
        }),
        assignees: [],
        quorum: 1,
        instructions: '',
        sendBackTo: [{ id: 'writer', name: 'Creative writer', again: [] }],
        carry: { sentBack: 1 },
      },
      outputs: {},
    },
    {
      title: 'waits again for what an earlier step has worked on',
      config: {},
      inputs: { input: 'A post' },
      resumed: {
        ...answered,
        value: { verdict: 'sent_back', content: 'Shorter', notes: 'Shorter', by: ['Grace'], to: 'step-1' },
      },
      waits: {
        kind: 'approval',
        content: 'Shorter',
        assignees: [],
        quorum: 1,
        instructions: '',
        sendBackTo: [],
        carry: { sentBack: 1 },
      },
      outputs: {},
    },
    {
      title: 'rejects what nobody decided on in time, where it says so',
      config: { onDeadline: 'reject' },
      inputs: { input: 'A post' },
      resumed: { ...answered, expired: true, value: null },
      outputs: { approved: [], rejected: ['A post'] },
    },
  ],
  async run({ step, config: given, inputs: { input = null }, resumed, host }) {
    if (!resumed) return ask(input, given, 0)
    const before = draftIn(input)
    const label = before ? bylineOf(before) : labelOf(input)
    if (resumed.expired) {
      if (given.onDeadline === 'reject') return { rejected: [{ label, value: input }] }
      throw new NodeError({
        message: `Nobody decided within ${given.amount} ${given.unit}.`,
        fix: 'Retry the run to ask again, or give people longer.',
      })
    }
    const { verdict, content, notes, to } = outcomeSchema.parse(resumed.value)
    if (verdict === 'rejected') return { rejected: [{ label, value: content }] }
    if (verdict === 'approved') return { approved: [{ label, value: approved(content, input, step.id) }] }
    const sentBack = (carrySchema.safeParse(resumed.carry).data?.sentBack ?? 0) + 1
    const draft = draftIn(content)
    // Until it is approved it is the draft that came here, whose scores are known.
    const own = draft && before ? { ...draft, id: before.id, parent: before.parent } : content
    if (to !== WRITER || !draft) return ask(own, given, sentBack)
    const revision = await revise(draft, [notes], `Revision ${sentBack} for approval`, host)
    return ask(revised(draft, revision), given, sentBack)
  },
})
