import { NodeError, defineNode, labelOf, valueAt, z } from '#sdk'

type Item = z.infer<ReturnType<typeof z.json>>

/** Texts are the same without regard to case and to space around them; everything else by what it holds. */
function sameness(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.trim().toLowerCase())
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? ''
  )
}

/** An item without the field is like no other. */
function distinct(items: readonly Item[], field: string, keep: 'first' | 'last'): Item[] {
  const kept = new Map<unknown, Item>()
  const order = keep === 'first' ? items : items.toReversed()
  for (const item of order) {
    const value = valueAt(item, field)
    const key = value === undefined ? {} : sameness(value)
    if (!kept.has(key)) kept.set(key, item)
  }
  const found = [...kept.values()]
  return keep === 'first' ? found : found.reverse()
}

export default defineNode({
  type: 'deduplicate',
  version: 1,
  title: 'Remove duplicates',
  summary: 'Waits until everything has arrived and lets each thing go on once.',
  category: 'flow',
  icon: 'copy-outline',
  mode: 'all',
  config: z.object({
    field: z.string().max(200).default('').meta({
      title: 'The same where',
      description:
        'A path into the item, such as email; empty compares whole items. Text is compared without regard to case.',
    }),
    keep: z.enum(['first', 'last']).default('first').meta({ title: 'Keep the' }),
    maxItems: z.number().int().min(1).max(500).default(50).meta({
      title: 'At most',
      description: 'Items that go on. More of them fail, so that the plan holds what it says.',
    }),
  }),
  inputs: { items: { type: 'any', title: 'Items', required: true } },
  outputs: { items: { type: 'any', title: 'Each once', items: { config: 'maxItems' } } },
  uses: [],
  examples: [
    {
      title: 'the first of those with the same field goes on',
      config: { field: 'email' },
      inputs: {
        items: [
          { email: 'a@example.org', n: 1 },
          { email: 'A@example.org ', n: 2 },
          { email: 'b@example.org', n: 3 },
        ],
      },
      outputs: { items: [{ n: 1 }, { n: 3 }] },
    },
    {
      title: 'the last of those that are equal goes on',
      config: { keep: 'last' },
      inputs: { items: [{ a: 1, b: 2 }, 'x', { b: 2, a: 1 }] },
      outputs: { items: ['x', { a: 1, b: 2 }] },
    },
    {
      title: 'items without the field are no duplicates',
      config: { field: 'email' },
      inputs: { items: [{ n: 1 }, { n: 2 }] },
      outputs: { items: [{ n: 1 }, { n: 2 }] },
    },
  ],
  run({ config: { field, keep, maxItems }, gathered }) {
    const items = distinct(gathered.items, field, keep)
    if (items.length <= maxItems) {
      return { items: items.map((value) => ({ label: labelOf(value), value })) }
    }
    throw new NodeError({
      message: `${items.length} different items arrived; ${maxItems} are allowed here.`,
      fix: 'Raise “At most”.',
      facts: { items: items.length, maxItems },
    })
  },
})
