import { cronFault } from '#graph'
import { isRecord } from './fields.ts'

interface TimeOfDay {
  hour: number
  minute: number
}

/** A schedule as people say it. What no plain choice says is an expression of one's own. */
export type Repeat =
  | { kind: 'hour'; minute: number }
  | ({ kind: 'day' } & TimeOfDay)
  | ({ kind: 'week'; days: number[] } & TimeOfDay)
  | ({ kind: 'month'; day: number } & TimeOfDay)
  | { kind: 'own'; cron: string }

export const REPEAT_NAMES: Record<Repeat['kind'], string> = {
  hour: 'Every hour',
  day: 'Every day',
  week: 'On days of the week',
  month: 'Every month',
  own: 'By a cron expression',
}

/** Monday first; the numbers are cron's. */
export const WEEKDAYS = [
  { day: 1, short: 'Mon', name: 'Monday' },
  { day: 2, short: 'Tue', name: 'Tuesday' },
  { day: 3, short: 'Wed', name: 'Wednesday' },
  { day: 4, short: 'Thu', name: 'Thursday' },
  { day: 5, short: 'Fri', name: 'Friday' },
  { day: 6, short: 'Sat', name: 'Saturday' },
  { day: 0, short: 'Sun', name: 'Sunday' },
] as const

const MORNING: TimeOfDay = { hour: 9, minute: 0 }
const WORKING_DAYS = [1, 2, 3, 4, 5]

export interface ScheduleValue {
  cron: string
  timeZone: string
}

/** Whatever the configuration holds, as far as it is a schedule. */
export function scheduleOf(value: unknown): ScheduleValue | null {
  if (!isRecord(value)) return null
  const textOf = (part: unknown) => (typeof part === 'string' ? part : '')
  return { cron: textOf(value['cron']), timeZone: textOf(value['timeZone']) }
}

export function cronOf(repeat: Repeat): string {
  switch (repeat.kind) {
    case 'hour':
      return `${repeat.minute} * * * *`
    case 'day':
      return `${repeat.minute} ${repeat.hour} * * *`
    case 'week':
      return `${repeat.minute} ${repeat.hour} * * ${repeat.days.toSorted((a, b) => a - b).join(',')}`
    case 'month':
      return `${repeat.minute} ${repeat.hour} ${repeat.day} * *`
    case 'own':
      return repeat.cron
  }
}

const PLAIN = /^(\d{1,2}) (\*|\d{1,2}) (\*|\d{1,2}) \* (\*|[0-7](?:[,-][0-7])*)$/

/** The plain choice that an expression comes from, else the expression itself. */
export function repeatOf(cron: string): Repeat {
  const own: Repeat = { kind: 'own', cron }
  const parts = PLAIN.exec(cron.trim())
  if (!parts || cronFault(cron) !== null) return own
  const [, minute, hour = '*', day = '*', week = '*'] = parts
  const at = { hour: Number(hour), minute: Number(minute) }
  if (hour === '*') return day === '*' && week === '*' ? { kind: 'hour', minute: at.minute } : own
  if (day !== '*') return week === '*' ? { kind: 'month', day: Number(day), ...at } : own
  return week === '*' ? { kind: 'day', ...at } : { kind: 'week', days: daysIn(week), ...at }
}

/** "1-3,5" as days; cron's 7 is Sunday, as 0 is. */
function daysIn(week: string): number[] {
  const days = week.split(',').flatMap((piece) => {
    const [from = 0, to = from] = piece.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => (from + index) % 7)
  })
  return [...new Set(days)]
}

/** Another kind of repetition at the same time of day. */
export function turnedInto(kind: Repeat['kind'], before: Repeat | null): Repeat {
  const minute = before && 'minute' in before ? before.minute : MORNING.minute
  const at = { hour: before && 'hour' in before ? before.hour : MORNING.hour, minute }
  switch (kind) {
    case 'hour':
      return { kind, minute }
    case 'day':
      return { kind, ...at }
    case 'week':
      return { kind, days: WORKING_DAYS, ...at }
    case 'month':
      return { kind, day: 1, ...at }
    case 'own':
      return { kind, cron: before ? cronOf(before) : cronOf({ kind: 'day', ...MORNING }) }
  }
}

/** With a day more or less; the last one stays, for a week without days is no schedule. */
export function withDay(days: readonly number[], day: number): number[] {
  if (!days.includes(day)) return [...days, day]
  return days.length > 1 ? days.filter((one) => one !== day) : [...days]
}

export const clockOf = ({ hour, minute }: TimeOfDay): string =>
  [hour, minute].map((part) => String(part).padStart(2, '0')).join(':')

export function timeIn(clock: string): TimeOfDay | null {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})/.exec(clock) ?? []
  return hour && minute ? { hour: Number(hour), minute: Number(minute) } : null
}

export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export const timeZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** The next times after `from`. Loads the library once. */
export async function nextDates({ cron, timeZone }: ScheduleValue, from: Date, count = 5): Promise<Date[]> {
  const { Cron } = await import('croner')
  return new Cron(cron, { timezone: timeZone, paused: true }).nextRuns(count, from)
}

/** In words of the zone: "Mon 23 Nov 2026, 09:00 GMT". */
export function timeWords(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  return format.format(time)
}

export const nextTimes = async (value: ScheduleValue, from: Date, count = 5): Promise<string[]> =>
  (await nextDates(value, from, count)).map((time) => timeWords(time, value.timeZone))
