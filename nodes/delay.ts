import { NodeError, defineNode, durationFields, labelOf, secondsOf, template, wait, z } from '#sdk'

const { amount, unit } = durationFields(1, 'hours')
/** A date and a time, with a space or a T between them, with or without an offset. */
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?$/

function momentIn(text: string): string {
  const [, day = '', time = '', seconds = ':00', offset = ''] = MOMENT.exec(text.trim()) ?? []
  const moment = `${day}T${time}${seconds}${offset}`
  if (z.iso.datetime({ offset: true, local: true }).safeParse(moment).success) return moment
  throw new NodeError({
    code: 'config.invalid',
    message: `“${text}” is no date with a time.`,
    fix: 'Write it like 2026-03-01 09:00.',
    facts: { issues: [{ path: 'until', message: 'no date with a time' }] },
  })
}

export default defineNode({
  type: 'delay',
  version: 1,
  title: 'Wait',
  summary: 'Holds each item for a while, or until a date and time, and lets it go on unchanged.',
  category: 'flow',
  icon: 'time-outline',
  mode: 'each',
  config: z.object({
    how: z.enum(['for', 'until']).default('for').meta({
      title: 'How long',
      description: '“for” counts from when the item arrives, “until” waits for a date and time.',
    }),
    amount: amount.meta({ title: 'For' }),
    unit: unit.meta({ title: 'Unit' }),
    until: template().default('').meta({
      title: 'Until',
      description:
        'Such as 2026-03-01 09:00, or a field of the item. What is past lets the item go on at once.',
    }),
    timeZone: z.string().max(100).default('UTC').meta({
      title: 'Time zone',
      description: 'Where that time is meant, such as Europe/London.',
    }),
  }),
  inputs: { input: { type: 'any', title: 'Input', required: true } },
  outputs: { out: { type: 'any', title: 'Afterwards' } },
  uses: [],
  waits: ['timer'],
  examples: [
    {
      title: 'waits for as long as it says',
      config: { amount: 2, unit: 'days' },
      inputs: { input: 'Later' },
      waits: { kind: 'timer', seconds: 172_800 },
      outputs: {},
    },
    {
      title: 'waits until a date of the item',
      config: { how: 'until', until: '{{ input.goLive }}', timeZone: 'Europe/London' },
      inputs: { input: { goLive: '2026-03-01 09:00' } },
      waits: { kind: 'timer', until: '2026-03-01T09:00:00', timeZone: 'Europe/London' },
      outputs: {},
    },
    {
      title: 'lets the item go on unchanged afterwards',
      config: {},
      inputs: { input: { title: 'Spring' } },
      resumed: { kind: 'timer', expired: false, value: null, carry: null },
      outputs: { out: [{ title: 'Spring' }] },
    },
  ],
  run({ config, inputs: { input }, resumed }) {
    if (resumed) return { out: [{ label: labelOf(input), value: input ?? null }] }
    if (config.how === 'for') return wait({ kind: 'timer', seconds: secondsOf(config) })
    return wait({ kind: 'timer', until: momentIn(config.until), timeZone: config.timeZone || 'UTC' })
  },
})
