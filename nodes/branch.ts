import { conditions, defineNode, holds, labelOf, z } from '#sdk'

export default defineNode({
  type: 'branch',
  version: 1,
  title: 'Branch',
  summary:
    'Sends each item one way or the other, depending on its fields. Text is compared without regard to case.',
  category: 'flow',
  icon: 'git-branch-outline',
  mode: 'each',
  config: z.object({
    conditions: conditions().meta({
      title: 'Conditions',
      description:
        'The field is a path into the item, such as status or brief.tone; empty is the item itself.',
    }),
    match: z.enum(['all', 'any']).default('all').meta({
      title: 'Match',
      description: 'Whether all conditions must hold, or one of them is enough.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    true: { type: 'any', title: 'Yes', conditional: true },
    false: { type: 'any', title: 'No', conditional: true },
  },
  uses: [],
  examples: [
    {
      title: 'an approved draft goes the yes way',
      config: { conditions: [{ field: 'status', operator: 'equals', value: 'approved' }] },
      inputs: { input: { status: 'approved', text: 'Done' } },
      outputs: { true: [{ status: 'approved' }], false: [] },
    },
    {
      title: 'an item that meets no condition goes the no way',
      config: {
        conditions: [
          { field: 'score', operator: 'greater-than', value: 7 },
          { field: 'tags', operator: 'contains', value: 'Urgent' },
        ],
        match: 'any',
      },
      inputs: { input: { score: 5, tags: ['draft'] } },
      outputs: { true: [], false: [{ score: 5 }] },
    },
  ],
  run({ config, inputs: { input } }) {
    const met = config.conditions.map((condition) => holds(input, condition))
    const yes = config.match === 'all' ? met.every(Boolean) : met.some(Boolean)
    const item = [{ label: labelOf(input), value: input ?? null }]
    return yes ? { true: item } : { false: item }
  },
})
