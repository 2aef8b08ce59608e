import { NodeError, defineNode, durationFields, labelOf, secondsOf, wait, z } from '#sdk'

const { amount, unit } = durationFields(1, 'days')

export default defineNode({
  type: 'callback',
  version: 1,
  title: 'Wait for a call',
  summary:
    'Holds each item until another system calls an address of its own, and goes on with what it sends.',
  category: 'flow',
  icon: 'call-outline',
  mode: 'each',
  config: z.object({
    amount: amount.meta({ title: 'At most for', description: 'How long it waits for the call.' }),
    unit: unit.meta({ title: 'Unit' }),
    onDeadline: z.enum(['fail', 'go on']).default('fail').meta({
      title: 'When nobody calls in time',
      description: '“fail” ends the item’s way here; “go on” sends it out at “Nobody called”.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: {
    answer: { type: 'json', title: 'What was sent', conditional: true },
    late: { type: 'any', title: 'Nobody called', conditional: true },
  },
  uses: [],
  waits: ['callback'],
  examples: [
    {
      title: 'waits for a call, a day at most',
      config: {},
      inputs: { input: 'Order 7' },
      waits: { kind: 'callback', deadline: { seconds: 86_400 } },
      outputs: {},
    },
    {
      title: 'goes on with what was sent',
      config: {},
      inputs: { input: 'Order 7' },
      resumed: { kind: 'callback', expired: false, value: { paid: true }, carry: null },
      outputs: { answer: [{ paid: true }], late: [] },
    },
    {
      title: 'sends the item another way when nobody called in time',
      config: { onDeadline: 'go on' },
      inputs: { input: 'Order 7' },
      resumed: { kind: 'callback', expired: true, value: null, carry: null },
      outputs: { answer: [], late: ['Order 7'] },
    },
  ],
  run({ config, inputs: { input }, resumed }) {
    if (!resumed) return wait({ kind: 'callback', deadline: { seconds: secondsOf(config) } })
    const label = labelOf(input)
    if (!resumed.expired) return { answer: [{ label, value: resumed.value }] }
    if (config.onDeadline === 'go on') return { late: [{ label, value: input ?? null }] }
    throw new NodeError({
      message: `Nobody called within ${config.amount} ${config.unit}.`,
      fix: 'Give the other system longer, or choose “go on” and say what happens then.',
    })
  },
})
