import { conditions, defineNode, holds, labelOf, z } from '#sdk'

const WAYS = ['case1', 'case2', 'case3', 'case4', 'case5', 'case6'] as const
const way = (title: string) => ({ type: 'any' as const, title, conditional: true })

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
        'Six at most, in the order in which they are tried. The first row leads out at “Case 1”, the second at “Case 2”.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    case1: way('Case 1'),
    case2: way('Case 2'),
    case3: way('Case 3'),
    case4: way('Case 4'),
    case5: way('Case 5'),
    case6: way('Case 6'),
    otherwise: way('Otherwise'),
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
