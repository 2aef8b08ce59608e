import { conditions, defineNode, labelOf, valueAt, z } from '#sdk'
import type { CONDITION_OPERATORS } from '#sdk'

type Operator = (typeof CONDITION_OPERATORS)[number]
type Expected = string | number | boolean
interface Condition {
  field: string
  operator: Operator
  value?: Expected | undefined
}

const VALUELESS: readonly Operator[] = ['is-empty', 'is-not-empty']

/** Text without regard to case; a number or a yes/no by the way it is written. Null for lists and objects. */
function comparable(value: unknown): string | null {
  if (typeof value === 'string') return value.trim().toLowerCase()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function numeric(value: unknown): number {
  return typeof value === 'number'
    ? value
    : typeof value === 'string' && value.trim() !== ''
      ? Number(value)
      : NaN
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return typeof value === 'object' && Object.keys(value).length === 0
}

function equals(actual: unknown, expected: Expected): boolean {
  const [a, b] = [numeric(actual), numeric(expected)]
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a === b
  return comparable(actual) === comparable(expected)
}

function contains(actual: unknown, expected: Expected): boolean {
  if (Array.isArray(actual)) return actual.some((element) => equals(element, expected))
  return comparable(actual)?.includes(comparable(expected) ?? '') ?? false
}

const TESTS: Record<Operator, (actual: unknown, expected: Expected) => boolean> = {
  equals,
  'not-equals': (actual, expected) => !equals(actual, expected),
  contains,
  'not-contains': (actual, expected) => !contains(actual, expected),
  'greater-than': (actual, expected) => numeric(actual) > numeric(expected),
  'less-than': (actual, expected) => numeric(actual) < numeric(expected),
  'is-empty': isEmpty,
  'is-not-empty': (actual) => !isEmpty(actual),
}

/** Whether an item meets a condition. A field that isn't there is empty, and neither equals nor contains anything. */
export const holds = (item: unknown, { field, operator, value }: Condition): boolean =>
  TESTS[operator](valueAt(item, field), value ?? '')

export default defineNode({
  type: 'branch',
  version: 1,
  title: 'Branch',
  summary:
    'Sends each item one way or the other, depending on its fields. Text is compared without regard to case.',
  category: 'flow',
  icon: 'git-branch-outline',
  mode: 'each',
  config: z
    .object({
      conditions: conditions().meta({
        title: 'Conditions',
        description:
          'The field is a path into the item, such as status or brief.tone; empty is the item itself.',
      }),
      match: z.enum(['all', 'any']).default('all').meta({
        title: 'Match',
        description: 'Whether all conditions must hold, or one of them is enough.',
      }),
    })
    .superRefine(({ conditions: list }, context) => {
      list.forEach(({ operator, value }, index) => {
        if (VALUELESS.includes(operator) || (value !== undefined && value !== '')) return
        context.addIssue({
          code: 'custom',
          path: ['conditions', index, 'value'],
          message: `"${operator}" needs a value to compare with`,
        })
      })
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
