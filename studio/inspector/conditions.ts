import {
  CONDITION_OPERATORS,
  type Condition,
  type ConditionOperator,
  holds,
  lacksValue,
  takesValue,
  valueAt,
} from '#graph'
import { isRecord } from './fields.ts'
import type { SampleItem } from './samples.ts'

export type ConditionRow = Pick<Condition, 'field' | 'operator'> & { value?: string | number | boolean }

export const OPERATOR_NAMES: Record<ConditionOperator, string> = {
  equals: 'is',
  'not-equals': 'is not',
  contains: 'contains',
  'not-contains': 'does not contain',
  'greater-than': 'is greater than',
  'less-than': 'is less than',
  'is-empty': 'is empty',
  'is-not-empty': 'is not empty',
}

const NUMERIC: readonly ConditionOperator[] = ['greater-than', 'less-than']

const operatorOf = (value: unknown): ConditionOperator =>
  CONDITION_OPERATORS.find((operator) => operator === value) ?? 'equals'

const valueOf = (value: unknown): Pick<ConditionRow, 'value'> =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { value } : {}

/** The rows of whatever the configuration holds; what is no condition at all shows as an empty row. */
export function rowsOf(config: unknown): ConditionRow[] {
  if (!Array.isArray(config)) return []
  return config.map((raw) => {
    if (!isRecord(raw)) return { field: '', operator: 'equals' }
    const field = typeof raw['field'] === 'string' ? raw['field'] : ''
    return { field, operator: operatorOf(raw['operator']), ...valueOf(raw['value']) }
  })
}

export const addedRow = (rows: readonly ConditionRow[]): ConditionRow[] => [
  ...rows,
  { field: rows.at(-1)?.field ?? '', operator: 'equals', value: '' },
]

export const withoutRow = (rows: readonly ConditionRow[], at: number): ConditionRow[] => rows.toSpliced(at, 1)

/** A row at another place; beyond the ends nothing changes. */
export function movedRow(rows: readonly ConditionRow[], at: number, by: -1 | 1): ConditionRow[] {
  const row = rows[at]
  const to = at + by
  if (!row || to < 0 || to >= rows.length) return [...rows]
  return rows.toSpliced(at, 1).toSpliced(to, 0, row)
}

export const withField = (rows: readonly ConditionRow[], at: number, field: string): ConditionRow[] =>
  changed(rows, at, (row) => ({ ...row, field: field.trim() }))

/** Another operator. A value that it has no use for goes; one that it needs starts empty. */
export const withOperator = (
  rows: readonly ConditionRow[],
  at: number,
  operator: ConditionOperator,
): ConditionRow[] =>
  changed(rows, at, ({ field, value }) =>
    takesValue(operator)
      ? { field, operator, value: typedValue(operator, String(value ?? '')) }
      : { field, operator },
  )

export const withValue = (rows: readonly ConditionRow[], at: number, text: string): ConditionRow[] =>
  changed(rows, at, (row) => ({ ...row, value: typedValue(row.operator, text) }))

/** Greater and less compare numbers, so a number is kept as one; everything else is compared as it is written. */
function typedValue(operator: ConditionOperator, text: string): string | number {
  if (!NUMERIC.includes(operator)) return text
  const plain = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/
  return plain.test(text) ? Number(text) : text
}

function changed(
  rows: readonly ConditionRow[],
  at: number,
  change: (row: ConditionRow) => ConditionRow,
): ConditionRow[] {
  return rows.map((row, index) => (index === at ? change(row) : row))
}

/** What a condition says of one item. `actual`: the value that was compared, as a line. */
export interface Verdict {
  label: string
  actual: string
  met: boolean
}

/** What each item says to a condition; null while the condition lacks what it needs. */
export const verdictsOf = (row: ConditionRow, items: readonly SampleItem[]): Verdict[] | null =>
  lacksValue(row)
    ? null
    : items.map(({ label, value }) => ({
        label,
        actual: actualText(valueAt(value, row.field)),
        met: holds(value, row),
      }))

function actualText(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'empty'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
