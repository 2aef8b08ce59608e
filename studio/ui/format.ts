const LANGUAGE = 'en-GB'
const whole = new Intl.NumberFormat(LANGUAGE)
const money = new Intl.NumberFormat(LANGUAGE, {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
})
const moment = new Intl.DateTimeFormat(LANGUAGE, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const ago = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' })

export const count = (value: number) => whole.format(value)

/** "1 draft", "6 drafts". */
export const counted = (value: number, one: string, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`

export const cost = (micros: number) => money.format(micros / 1_000_000)

/** A mean score as finely as drafts are ranked by it, a dash where there is none. */
export const score = (value: number | null) => (value === null ? '–' : value.toFixed(2))

export const dateTime = (iso: string) => moment.format(new Date(iso))

/** "0.4 s", "12 s", "3 min 05 s", "1 h 02 min". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${twoDigits(Math.floor(seconds % 60))} s`
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`
}

const twoDigits = (value: number) => String(value).padStart(2, '0')

/** "just now", "4 minutes ago", "yesterday"; older than a week: the date. */
export function since(iso: string, now: number): string {
  const minutes = Math.round((now - Date.parse(iso)) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return ago.format(-minutes, 'minute')
  const hours = Math.round(minutes / 60)
  if (hours < 24) return ago.format(-hours, 'hour')
  const days = Math.round(hours / 24)
  return days < 7 ? ago.format(-days, 'day') : dateTime(iso)
}

export function wordCount(text: string): number {
  return text.match(/\S+/gu)?.length ?? 0
}
