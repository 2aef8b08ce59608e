import { NodeError, defineNode, labelOf, valueAt, z } from '#sdk'

export default defineNode({
  type: 'split',
  version: 1,
  title: 'Split',
  summary: 'Makes an item of each entry of a list; what follows works on each of them.',
  category: 'flow',
  icon: 'git-network-outline',
  mode: 'each',
  config: z.object({
    field: z.string().max(500).default('').meta({
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
  run({ config: { field, maxItems }, inputs: { input } }) {
    const where = field === '' ? 'The item' : `“${field}”`
    const list = z.array(z.json()).safeParse(valueAt(input, field))
    if (!list.success) {
      throw new NodeError({
        message: `${where} is no list.`,
        fix: 'Name a field of the item that holds a list.',
        facts: { field },
      })
    }
    if (list.data.length > maxItems) {
      throw new NodeError({
        message: `${where} has ${list.data.length} entries; ${maxItems} are allowed here.`,
        fix: 'Raise “At most”, or send a shorter list.',
        facts: { entries: list.data.length, maxItems },
      })
    }
    return { entries: list.data.map((value) => ({ label: labelOf(value), value })) }
  },
})
