import { z } from 'zod'
import { valueAt } from './items.ts'

export const CONDITION_OPERATORS = [
  'equals',
  'not-equals',
  'contains',
  'not-contains',
  'greater-than',
  'less-than',
  'is-empty',
  'is-not-empty',
] as const
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number]

const expectedSchema = z.union([z.string(), z.number(), z.boolean()])
type Expected = z.infer<typeof expectedSchema>

const VALUELESS: readonly ConditionOperator[] = ['is-empty', 'is-not-empty']
export const takesValue = (operator: ConditionOperator): boolean => !VALUELESS.includes(operator)

/** Whether there is nothing to compare with where something is needed. */
export const lacksValue = ({ operator, value }: { operator: ConditionOperator; value?: unknown }): boolean =>
  takesValue(operator) && (value === undefined || value === '')

/** `field` is a dotted path into the item (empty for the item itself). */
export const conditionSchema = z
  .object({
    field: z.string(),
    operator: z.enum(CONDITION_OPERATORS),
    value: expectedSchema.optional(),
  })
  .superRefine((condition, context) => {
    if (!lacksValue(condition)) return
    const message = `"${condition.operator}" needs a value to compare with`
    context.addIssue({ code: 'custom', path: ['value'], message })
  })
export type Condition = z.infer<typeof conditionSchema>

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

const TESTS: Record<ConditionOperator, (actual: unknown, expected: Expected) => boolean> = {
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
