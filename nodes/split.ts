import { defineNode, entriesOf, labelOf, z } from '#sdk'

export default defineNode({
  type: 'split',
  version: 1,
  title: 'Split',
  summary: 'Makes an item of each entry of a list; what follows works on each of them.',
  category: 'flow',
  icon: 'git-network-outline',
  mode: 'each',
  config: z.object({
    field: z.string().max(200).default('').meta({
      title: 'List',
      description: 'A path into the item, such as brief.keyPoints; empty where the item is the list itself.',
    }),
    maxItems: z.number().int().min(1).max(500).default(20).meta({
      title: 'At most',
      description: 'Entries. A longer list fails, so that the plan holds what it says.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: { entries: { type: 'any', title: 'Entries', items: { config: 'maxItems' } } },
  uses: [],
  examples: [
    {
      title: 'each entry of a list in a field becomes an item',
      config: { field: 'brief.keyPoints' },
      inputs: { input: { brief: { keyPoints: ['Plan less', 'Finish it'] } } },
      outputs: { entries: ['Plan less', 'Finish it'] },
    },
    {
      title: 'an item that is a list is split itself',
      config: { maxItems: 3 },
      inputs: { input: [1, { n: 2 }, [3]] },
      outputs: { entries: [1, { n: 2 }, [3]] },
    },
    {
      title: 'an empty list makes no items',
      config: {},
      inputs: { input: [] },
      outputs: { entries: [] },
    },
  ],
  run({ config, inputs: { input } }) {
    return { entries: entriesOf(input, config).map((value) => ({ label: labelOf(value), value })) }
  },
})
