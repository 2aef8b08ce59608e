import { defineNode, modelChoice, shortened, template, unusableReply, z } from '#sdk'

export default defineNode({
  type: 'local-model',
  version: 1,
  title: 'Local model',
  summary: 'Asks a model a question of your own about each item and hands on its answer as text.',
  category: 'models',
  icon: 'hardware-chip-outline',
  mode: 'each',
  config: z.object({
    model: modelChoice().meta({
      title: 'Model',
      description: "The organisation's default model when left empty.",
    }),
    system: template({ multiline: true }).optional().meta({
      title: 'Role',
      description: 'Who the model is and how it should answer.',
    }),
    prompt: template({ multiline: true }).min(1).meta({
      title: 'Prompt',
      description: 'What to ask. {{ input }} is the item; {{ input.text }} is the text of a draft.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: { text: { type: 'text', title: 'Answer' } },
  uses: ['model'],
  calls: [{ model: 'config', max: 1 }],
  examples: [
    {
      title: 'asks about the item and answers with text',
      config: { system: 'You write subject lines.', prompt: 'A subject line for: {{ input }}' },
      inputs: { input: 'Our spring sale starts on Monday' },
      replies: ['Spring starts on Monday'],
      outputs: { text: ['Spring starts on Monday'] },
    },
  ],
  async run({ config, host }) {
    const system = config.system?.trim() ?? ''
    const reply = await host.model.generate({
      ...(config.model === undefined ? {} : { model: config.model }),
      ...(system === '' ? {} : { system }),
      prompt: config.prompt,
      purpose: 'Answer',
    })
    const text = reply.text.trim()
    if (text === '') throw unusableReply('The model answered with an empty text.', reply)
    return { text: [{ label: shortened(text), value: text }] }
  },
})
