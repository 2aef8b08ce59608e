import {
  type ChildRun,
  MAX_CHILD_RUNS,
  MAX_PARALLEL_RUNS,
  briefPatterns,
  childFailed,
  childRunsOf,
  defineNode,
  entriesOf,
  flowChoice,
  labelOf,
  wait,
  z,
} from '#sdk'

type Json = z.infer<ReturnType<typeof z.json>>

/** In the order of the list, whatever order the runs ended in. */
function sorted(children: ChildRun[], entries: Json[]) {
  const items = children.map((child, index) => ({ child, entry: entries[index] ?? null }))
  const results = items
    .filter(({ child }) => !child.failure)
    .map(({ child, entry }) => ({ label: labelOf(entry), value: child.result }))
  const failed = items
    .filter(({ child }) => child.failure)
    .map(({ child, entry }) => ({
      label: labelOf(entry),
      value: { failure: { ...child.failure, runId: child.runId }, item: entry },
    }))
  return { results, failed }
}

const failure = { code: 'model.unavailable', message: 'No model answered.', fix: 'Start one.' }

export default defineNode({
  type: 'map',
  version: 1,
  title: 'Run a flow for each',
  summary:
    'Runs another published flow once for each entry of a list, several at a time, and waits for all of them.',
  category: 'flow',
  icon: 'layers-outline',
  mode: 'each',
  config: z.object({
    flow: flowChoice().meta({
      title: 'Flow',
      description: 'A published flow. Each entry makes a run of its own, with its own page.',
    }),
    field: z.string().max(200).default('').meta({
      title: 'List',
      description: 'A path into the item, such as brief.keyPoints; empty where the item is the list itself.',
    }),
    brief: briefPatterns('flow', { list: 'field' }).meta({
      title: 'Its brief',
      description: 'How an entry fills it. {{ item }} is the entry, {{ item.title }} a field of it.',
    }),
    parallel: z.number().int().min(1).max(MAX_PARALLEL_RUNS).default(3).meta({
      title: 'At a time',
      description: 'Runs. The next one begins when one has ended.',
    }),
    maxItems: z.number().int().min(1).max(MAX_CHILD_RUNS).default(20).meta({
      title: 'At most',
      description: 'Entries. A longer list fails, so that the plan holds what it says.',
    }),
    onFailure: z.enum(['go on', 'fail']).default('go on').meta({
      title: 'When one of them fails',
      description:
        '“go on” sends the entry out at “Failed” with what happened; “fail” fails this step once all runs have ended.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    results: { type: 'json', title: 'Results', items: { config: 'maxItems' } },
    failed: { type: 'json', title: 'Failed', items: { config: 'maxItems' } },
  },
  uses: [],
  waits: ['runs'],
  runs: { flow: 'flow', max: { config: 'maxItems' } },
  examples: [
    {
      title: 'waits for a run for each entry',
      config: { flow: 'flow-1', field: 'points', parallel: 2 },
      inputs: { input: { points: ['Plan less', 'Finish it'] } },
      waits: {
        kind: 'runs',
        flow: 'flow-1',
        inputs: [{ item: 'Plan less' }, { item: 'Finish it' }],
        brief: null,
        parallel: 2,
      },
      outputs: {},
    },
    {
      title: 'puts out what came of them in the list’s order, and what failed beside it',
      config: { flow: 'flow-1' },
      inputs: { input: ['a', 'b', 'c'] },
      resumed: {
        kind: 'runs',
        expired: false,
        carry: null,
        value: [
          { runId: 'run_1', result: { n: 1 }, failure: null },
          { runId: 'run_2', result: null, failure },
          { runId: 'run_3', result: { n: 3 }, failure: null },
        ],
      },
      outputs: {
        results: [{ n: 1 }, { n: 3 }],
        failed: [{ failure: { code: 'model.unavailable', runId: 'run_2' }, item: 'b' }],
      },
    },
    {
      title: 'an empty list makes no runs',
      config: { flow: 'flow-1' },
      inputs: { input: [] },
      outputs: { results: [], failed: [] },
    },
  ],
  run({ config, inputs: { input = null }, resumed }) {
    const entries = entriesOf(input, config)
    if (entries.length === 0) return {}
    if (!resumed) {
      return wait({
        kind: 'runs',
        flow: config.flow,
        inputs: entries.map((item) => ({ item })),
        brief: config.brief ?? null,
        parallel: config.parallel,
      })
    }
    const children = childRunsOf(resumed.value)
    const broken = children.findIndex((child) => child.failure)
    const first = children[broken]
    if (first && config.onFailure === 'fail') throw childFailed(first, entries[broken] ?? null)
    return sorted(children, entries)
  },
})
