/** A value as people read it: its text where it has one, else null. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!isRecord(value)) return null
  if (typeof value['text'] === 'string') return value['text']
  if (typeof value['reason'] === 'string') return value['reason']
  const versions = value['versions']
  const current: unknown = Array.isArray(versions) ? versions[0] : undefined
  return isRecord(current) && typeof current['text'] === 'string' ? current['text'] : null
}

export interface Table {
  columns: string[]
  rows: string[][]
}

const MAX_CELL_CHARACTERS = 160
const VALUE = 'value'

/** Items as rows and their fields as columns, in the order in which fields first appear. */
export function tableOf(values: readonly unknown[]): Table {
  const columns = [...new Set(values.flatMap((value) => (isRecord(value) ? Object.keys(value) : [VALUE])))]
  const rows = values.map((value) =>
    columns.map((column) => cell(isRecord(value) ? value[column] : column === VALUE ? value : undefined)),
  )
  return { columns, rows }
}

export const jsonOf = (value: unknown): string => JSON.stringify(value, null, 2) ?? ''

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : nameOf(value)
  return text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS)}…` : text
}

/** An object within a cell goes by its name where it has one. */
function nameOf(value: unknown): string {
  if (isRecord(value)) {
    if (typeof value['name'] === 'string') return value['name']
    if (typeof value['title'] === 'string') return value['title']
  }
  return JSON.stringify(value)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
