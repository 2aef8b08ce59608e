import { NodeError, defineNode, labelOf, template, valueAt, z } from '#sdk'

const words = (value: unknown): string => (typeof value === 'string' ? value : '')

export default defineNode({
  type: 'error-handler',
  version: 1,
  title: 'Handle a failure',
  summary:
    'Takes what another node sends out “When it fails” and says what happens then: the item goes on, a text takes its place, or the run stops.',
  category: 'flow',
  icon: 'medkit-outline',
  mode: 'each',
  config: z.object({
    how: z.enum(['go on', 'text', 'stop']).default('go on').meta({
      title: 'What happens',
      description:
        '“go on” sends the item on as it was before it failed, “text” puts the words below in its place, “stop” ends the whole run as failed.',
    }),
    words: template({ multiline: true }).default('{{ input.failure.message }}').meta({
      title: 'Words',
      description:
        'For “text” and “stop”. {{ input.failure.message }} is what happened, {{ input.failure.fix }} what can be done, {{ input.item }} what it happened to.',
    }),
  }),
  inputs: { error: { type: 'json', title: 'When it failed', required: true } },
  outputs: {
    item: { type: 'any', title: 'The item', conditional: true },
    text: { type: 'text', title: 'Text', conditional: true },
  },
  uses: [],
  examples: [
    {
      title: 'the item goes on as it was',
      config: {},
      inputs: { error: { failure: { message: 'No model answered.' }, item: { title: 'Spring' } } },
      outputs: { item: [{ title: 'Spring' }] },
    },
    {
      title: 'a text takes its place',
      config: { how: 'text', words: 'Left out: {{ input.failure.message }}' },
      inputs: { error: { failure: { message: 'No model answered.' }, item: 'Spring' } },
      outputs: { text: ['Left out: No model answered.'] },
    },
  ],
  run({ config, inputs: { error } }) {
    const item = z.json().safeParse(valueAt(error, 'item')).data ?? null
    if (config.how === 'go on') return { item: [{ label: labelOf(item), value: item }] }
    if (config.how === 'text') return { text: [{ label: labelOf(config.words), value: config.words }] }
    throw new NodeError({
      code: 'flow.stopped',
      message: config.words.trim() || 'The flow was stopped because a step failed.',
      fix: words(valueAt(error, 'failure.fix')) || 'Look at the step that failed.',
      facts: { failure: valueAt(error, 'failure') ?? null },
    })
  },
})
