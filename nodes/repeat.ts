import {
  briefPatterns,
  childFailed,
  childRunsOf,
  conditions,
  defineNode,
  flowChoice,
  holds,
  labelOf,
  wait,
  z,
} from '#sdk'

const config = z.object({
  flow: flowChoice().meta({
    title: 'Flow',
    description: 'A published flow. Each round is a run of its own, with its own page.',
  }),
  brief: briefPatterns('flow').meta({
    title: 'Its brief',
    description:
      'How it is filled in each round. {{ item }} is the item, {{ round }} the number of the round, {{ result.deliverable.text }} what the round before came to (nothing in the first).',
  }),
  until: conditions().meta({
    title: 'Until',
    description: 'Looked at after each round, in its result: deliverable.text, outputs.0.value and so on.',
  }),
  match: z.enum(['all', 'any']).default('all').meta({
    title: 'Match',
    description: 'Whether all conditions must hold, or one of them is enough.',
  }),
  maxRounds: z.number().int().min(1).max(50).default(5).meta({
    title: 'Rounds at most',
    description: 'After so many the last result goes out at “Not met”.',
  }),
})
type Config = z.output<typeof config>
type Json = z.infer<ReturnType<typeof z.json>>

const carrySchema = z.object({ round: z.number().int() })

const next = ({ flow, brief }: Config, item: Json, round: number, result: Json) =>
  wait({
    kind: 'runs',
    flow,
    inputs: [{ item, more: { round, result } }],
    brief: brief ?? null,
    parallel: 1,
    carry: { round },
  })

const ended = (round: number, result: Json) => ({
  kind: 'runs' as const,
  expired: false,
  carry: { round },
  value: [{ runId: 'run_1', result, failure: null }],
})
const until = [{ field: 'deliverable.text', operator: 'contains' as const, value: 'spring' }]

export default defineNode({
  type: 'repeat',
  version: 1,
  title: 'Repeat a flow',
  summary:
    'Runs another published flow again and again, each time with what the last run came to, until a condition holds.',
  category: 'flow',
  icon: 'repeat-outline',
  mode: 'each',
  config,
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    met: { type: 'json', title: 'Condition met', conditional: true },
    unmet: { type: 'json', title: 'Not met', conditional: true },
  },
  uses: [],
  waits: ['runs'],
  runs: { flow: 'flow', max: { config: 'maxRounds' } },
  examples: [
    {
      title: 'begins with the item and no result',
      config: { flow: 'flow-1', until },
      inputs: { input: 'Spring' },
      waits: {
        kind: 'runs',
        flow: 'flow-1',
        inputs: [{ item: 'Spring', more: { round: 1, result: null } }],
        brief: null,
        parallel: 1,
        carry: { round: 1 },
      },
      outputs: {},
    },
    {
      title: 'goes into the next round with its own result',
      config: { flow: 'flow-1', until },
      inputs: { input: 'Spring' },
      resumed: ended(1, { deliverable: { text: 'Autumn' } }),
      waits: {
        kind: 'runs',
        flow: 'flow-1',
        inputs: [{ item: 'Spring', more: { round: 2, result: { deliverable: { text: 'Autumn' } } } }],
        brief: null,
        parallel: 1,
        carry: { round: 2 },
      },
      outputs: {},
    },
    {
      title: 'ends when the condition holds',
      config: { flow: 'flow-1', until },
      inputs: { input: 'Spring' },
      resumed: ended(2, { deliverable: { text: 'Spring is here' } }),
      outputs: { met: [{ deliverable: { text: 'Spring is here' } }], unmet: [] },
    },
    {
      title: 'ends at its bound',
      config: { flow: 'flow-1', until, maxRounds: 2 },
      inputs: { input: 'Spring' },
      resumed: ended(2, { deliverable: { text: 'Autumn' } }),
      outputs: { met: [], unmet: [{ deliverable: { text: 'Autumn' } }] },
    },
  ],
  run({ config: given, inputs: { input = null }, resumed }) {
    if (!resumed) return next(given, input, 1, null)
    const [child = { runId: null, result: null, failure: null }] = childRunsOf(resumed.value)
    if (child.failure) throw childFailed(child, input)
    const met = given.until.map((condition) => holds(child.result, condition))
    const item = [{ label: labelOf(input), value: child.result }]
    if (given.match === 'all' ? met.every(Boolean) : met.some(Boolean)) return { met: item }
    const { round } = carrySchema.parse(resumed.carry)
    return round >= given.maxRounds ? { unmet: item } : next(given, input, round + 1, child.result)
  },
})
