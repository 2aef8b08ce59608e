import type { FieldControl } from './fields.ts'

type Bounds = Pick<Extract<FieldControl, { kind: 'number' }>, 'least' | 'most'>

/** What was typed as a number; `undefined` inside for an emptied field, null where it is no number. */
export function numberIn(typed: string, integer: boolean): { value: number | undefined } | null {
  const text = typed.trim().replace(',', '.')
  if (text === '') return { value: undefined }
  if (!(integer ? /^-?\d+$/ : /^-?(?:\d+\.?\d*|\.\d+)$/).test(text)) return null
  const value = Number(text)
  return integer && !Number.isSafeInteger(value) ? null : { value }
}

/** One more or one less, inside the bounds; from the nearest bound to zero where there is no number yet. */
export function stepped(base: unknown, by: 1 | -1, { least, most }: Bounds): number {
  const from = typeof base === 'number' ? base + by : (least ?? 0)
  return Math.min(Math.max(from, least ?? from), most ?? from)
}
