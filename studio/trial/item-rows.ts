import type { PortType } from '#graph'
import { jsonIn, jsonText } from '../inspector/json.ts'
import { faultsOf, textIn, withText } from './pin-items.ts'

/** An item that is being edited. `typed` is what stands in the field, as text or as JSON. */
export interface ItemRow {
  key: number
  label: string
  path: string | undefined
  as: 'text' | 'json'
  typed: string
  value: unknown
  faults: string[]
}

interface Item {
  label: string
  path?: string | undefined
  value: unknown
}

export function rowOf(type: PortType, { label, path, value }: Item, key: number): ItemRow {
  const text = textIn(value)
  const as = text === null ? 'json' : 'text'
  return { key, label, path, as, typed: text ?? jsonText(value), value, faults: faultsIn(type, value) }
}

export function write(row: ItemRow, type: PortType, typed: string): void {
  row.typed = typed
  const read = row.as === 'text' ? { value: withText(row.value, typed), fault: null } : jsonIn(typed)
  if (read.fault !== null || read.value === undefined) {
    row.faults = [read.fault ?? 'There is nothing here yet.']
    return
  }
  row.value = read.value
  row.faults = faultsIn(type, row.value)
}

/** JSON that can't be read can't be shown as text. */
export function showAs(row: ItemRow, as: ItemRow['as']): void {
  const text = textIn(row.value)
  if (as === 'text' && (text === null || jsonIn(row.typed).fault !== null)) return
  row.as = as
  row.typed = as === 'text' ? (text ?? '') : jsonText(row.value)
}

const faultsIn = (type: PortType, value: unknown): string[] =>
  faultsOf(type, value).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
