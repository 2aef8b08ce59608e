import { defineNode, shortened, template, z } from '#sdk'

export default defineNode({
  type: 'template-text',
  version: 1,
  title: 'Text from a template',
  summary: 'Fills each item into a text of your own, without a model.',
  category: 'flow',
  icon: 'text-outline',
  mode: 'each',
  config: z.object({
    text: template({ multiline: true }).meta({
      title: 'Text',
      description: 'Liquid: {{ input }} is the item, {{ input.brief.topic }} a field of it.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: { text: { type: 'text', title: 'Text' } },
  uses: [],
  examples: [
    {
      title: 'fills the item into the text',
      config: { text: 'Dear {{ input.name }}, welcome to {{ input.place | upcase }}.' },
      inputs: { input: { name: 'Ada', place: 'Leeds' } },
      outputs: { text: ['Dear Ada, welcome to LEEDS.'] },
    },
  ],
  run({ config }) {
    return { text: [{ label: shortened(config.text) || 'Empty text', value: config.text }] }
  },
})
