import { briefPatterns, childFailed, childRunsOf, defineNode, flowChoice, labelOf, wait, z } from '#sdk'

export default defineNode({
  type: 'run-flow',
  version: 1,
  title: 'Run a flow',
  summary: 'Runs another published flow with each item and goes on with what that run came to.',
  category: 'flow',
  icon: 'play-forward-outline',
  mode: 'each',
  config: z.object({
    flow: flowChoice().meta({
      title: 'Flow',
      description: 'A published flow. Each item makes a run of its own, with its own page.',
    }),
    brief: briefPatterns('flow').meta({
      title: 'Its brief',
      description: 'How the item fills it. {{ item }} is the item, {{ item.title }} a field of it.',
    }),
    waits: z.boolean().default(true).meta({
      title: 'Wait for its result',
      description:
        'If not, this flow goes on at once; the other run then goes on by itself, whatever happens here.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: { result: { type: 'json', title: 'Result' } },
  uses: [],
  waits: ['runs'],
  runs: { flow: 'flow', max: 1 },
  examples: [
    {
      title: 'waits for a run with the item',
      config: { flow: 'flow-1', brief: { topic: '{{ item }}' } },
      inputs: { input: 'Spring' },
      waits: {
        kind: 'runs',
        flow: 'flow-1',
        inputs: [{ item: 'Spring' }],
        brief: { topic: '{{ item }}' },
        parallel: 1,
      },
      outputs: {},
    },
    {
      title: 'does not wait where it says so',
      config: { flow: 'flow-1', waits: false },
      inputs: { input: 'Spring' },
      waits: {
        kind: 'runs',
        flow: 'flow-1',
        inputs: [{ item: 'Spring' }],
        brief: null,
        parallel: 1,
        detached: true,
      },
      outputs: {},
    },
    {
      title: 'goes on with what the run came to',
      config: { flow: 'flow-1' },
      inputs: { input: 'Spring' },
      resumed: {
        kind: 'runs',
        expired: false,
        carry: null,
        value: [{ runId: 'run_1', result: { deliverable: { text: 'Spring is here' } }, failure: null }],
      },
      outputs: { result: [{ deliverable: { text: 'Spring is here' } }] },
    },
  ],
  run({ config, inputs: { input = null }, resumed }) {
    if (!resumed) {
      return wait({
        kind: 'runs',
        flow: config.flow,
        inputs: [{ item: input }],
        brief: config.brief ?? null,
        parallel: 1,
        ...(config.waits ? {} : { detached: true }),
      })
    }
    const [child = { runId: null, result: null, failure: null }] = childRunsOf(resumed.value)
    if (child.failure) throw childFailed(child, input)
    return { result: [{ label: labelOf(input), value: child.result }] }
  },
})
