import { defineNode, labelOf, z } from '#sdk'

export default defineNode({
  type: 'merge',
  version: 1,
  title: 'Merge',
  summary: 'Brings two ways together: whatever arrives on either goes on unchanged.',
  category: 'flow',
  icon: 'git-merge-outline',
  mode: 'each',
  config: z.object({}),
  inputs: {
    a: { type: 'any', title: 'One way' },
    b: { type: 'any', title: 'Other way' },
  },
  outputs: { out: { type: 'any', title: 'Everything' } },
  uses: [],
  examples: [
    { title: 'passes on what comes one way', config: {}, inputs: { a: 'left' }, outputs: { out: ['left'] } },
    {
      title: 'passes on what comes the other way',
      config: {},
      inputs: { b: { n: 2 } },
      outputs: { out: [{ n: 2 }] },
    },
  ],
  run({ inputs: { a, b } }) {
    const item = a === undefined ? b : a
    return { out: item === undefined ? [] : [{ label: labelOf(item), value: item }] }
  },
})
