import { counted } from '../ui/format.ts'

/** Null: for ever. */
export type Days = number | null

const MAX_DAYS = 36_500

/** What somebody has written; undefined where it is no number of days. */
export function daysFrom(text: string): Days | undefined {
  const written = text.trim()
  if (written === '') return null
  const days = /^\d+$/.test(written) ? Number(written) : 0
  return days >= 1 && days <= MAX_DAYS ? days : undefined
}

export const keptFor = (days: Days): string => (days === null ? 'for ever' : `for ${counted(days, 'day')}`)

/** Whether something that is there now may be deleted because of this change. */
export const isShorter = (before: Days, after: Days): boolean =>
  after !== null && (before === null || after < before)
