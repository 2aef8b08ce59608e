import { conditions, defineNode, holds, labelOf, z } from '#sdk'

const WAYS = ['case1', 'case2', 'case3', 'case4', 'case5', 'case6'] as const
const way = (index: number) => ({
  type: 'any' as const,
  title: `Case ${index + 1}`,
  conditional: true,
  entry: { list: 'cases', index },
})

export default defineNode({
  type: 'switch',
  version: 1,
  title: 'Switch',
  summary: 'Sends each item the way of the first case that it meets, or out at “Otherwise”.',
  category: 'flow',
  icon: 'options-outline',
  mode: 'each',
  config: z.object({
    cases: conditions().max(WAYS.length).meta({
      title: 'Cases',
      description:
        'Six at most, in the order in which they are tried. Each has an output of its own, named after it.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    case1: way(0),
    case2: way(1),
    case3: way(2),
    case4: way(3),
    case5: way(4),
    case6: way(5),
    otherwise: { type: 'any', title: 'Otherwise', conditional: true },
  },
  uses: [],
  examples: [
    {
      title: 'an item goes the way of the first case that it meets',
      config: {
        cases: [
          { field: 'channel', operator: 'equals', value: 'e-mail' },
          { field: 'channel', operator: 'is-not-empty' },
        ],
      },
      inputs: { input: { channel: 'LinkedIn' } },
      outputs: { case2: [{ channel: 'LinkedIn' }] },
    },
    {
      title: 'an item that meets none goes out otherwise',
      config: { cases: [{ field: '', operator: 'contains', value: 'urgent' }] },
      inputs: { input: 'No hurry' },
      outputs: { otherwise: ['No hurry'] },
    },
  ],
  run({ config, inputs: { input } }) {
    const met = config.cases.findIndex((condition) => holds(input, condition))
    return { [WAYS[met] ?? 'otherwise']: [{ label: labelOf(input), value: input ?? null }] }
  },
})
