import { NodeError, defineNode, labelOf, valueAt, z } from '#sdk'

export default defineNode({
  type: 'input',
  version: 1,
  title: 'What comes in',
  summary: 'Starts a flow with what another flow, a webhook or the API gives it, where that is no brief.',
  category: 'input',
  icon: 'enter-outline',
  mode: 'all',
  config: z.object({}),
  inputs: {},
  outputs: { item: { type: 'any', title: 'Item' } },
  uses: [],
  examples: [
    {
      title: 'puts out what the run was given',
      config: {},
      inputs: {},
      runInput: { value: { title: 'Spring' } },
      outputs: { item: [{ title: 'Spring' }] },
    },
  ],
  run({ run }) {
    const value = z.json().safeParse(valueAt(run.input, 'value'))
    if (value.success) return { item: [{ label: labelOf(value.data), value: value.data }] }
    throw new NodeError({
      message: 'Nothing came in.',
      fix: 'Start this flow from another flow, a webhook or the API, which give it something to work on.',
    })
  },
})
