import { NodeError, defineNode, z } from '#sdk'

export default defineNode({
  type: 'collect',
  version: 1,
  title: 'Collect',
  summary: 'Waits until everything has arrived and makes one list of it, always in the same order.',
  category: 'flow',
  icon: 'albums-outline',
  mode: 'all',
  config: z.object({
    maximum: z.number().int().min(0).max(10_000).default(0).meta({
      title: 'At most',
      description: 'Items. 0 takes all.',
    }),
    beyond: z.enum(['leave out', 'fail']).default('leave out').meta({
      title: 'When more arrive',
      description: '“leave out” takes the first ones of the list, “fail” stops here.',
    }),
  }),
  inputs: { items: { type: 'any', title: 'Items', required: true } },
  outputs: { list: { type: 'json', title: 'List' } },
  uses: [],
  examples: [
    {
      title: 'everything becomes one list, in order',
      config: {},
      inputs: { items: ['first', { n: 2 }, ['third']] },
      outputs: { list: [['first', { n: 2 }, ['third']]] },
    },
    {
      title: 'a maximum keeps the first of them',
      config: { maximum: 2 },
      inputs: { items: [1, 2, 3] },
      outputs: { list: [[1, 2]] },
    },
  ],
  run({ config: { maximum, beyond }, gathered: { items } }) {
    const most = maximum === 0 ? items.length : maximum
    if (items.length > most && beyond === 'fail') {
      throw new NodeError({
        message: `${items.length} items arrived; ${most} are allowed here.`,
        fix: 'Raise “At most”, or choose “leave out”.',
        facts: { items: items.length, maximum },
      })
    }
    const list = items.slice(0, most)
    return { list: [{ label: `List of ${list.length}`, value: list }] }
  },
})
