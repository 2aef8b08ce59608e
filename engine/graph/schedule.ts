/** Cron with five fields, checked without a clock: what passes here a scheduler can keep. */

interface CronField {
  name: string
  least: number
  most: number
  names: readonly string[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const FIELDS: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day of the month', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of the week', least: 0, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
]

/** What is wrong with an expression, in words for people; null when nothing is. */
export function cronFault(cron: string): string | null {
  const parts = cron.trim().split(/\s+/)
  if (parts.length !== FIELDS.length || parts[0] === '') {
    return 'a cron expression has five parts: minute, hour, day of the month, month, day of the week'
  }
  const values: number[][] = []
  for (const [index, field] of FIELDS.entries()) {
    const found = valuesOf(parts[index] ?? '', field)
    if (typeof found === 'string') return found
    values.push(found)
  }
  const [, , days = [], months = []] = values
  const comes = months.some((month) => days.some((day) => day <= (DAYS_OF_MONTH[month - 1] ?? 0)))
  return comes || parts[4] !== '*' ? null : 'this day of the month never comes in the months chosen'
}

/** Every value that a part stands for, or what is wrong with it. */
function valuesOf(part: string, field: CronField): number[] | string {
  const { name, least, most } = field
  const values: number[] = []
  for (const piece of part.split(',')) {
    const [, range = '', step] = /^(\*|[^/*]+)(?:\/(\d{1,3}))?$/.exec(piece) ?? []
    const [from, to] = range === '*' ? [least, most] : endsOf(range, field)
    if (from === null || to === null) return `the ${name} “${piece}” is not a value from ${least} to ${most}`
    if (from > to) return `the ${name} “${piece}” ends before it begins`
    const by = Number(step ?? 1)
    if (by === 0 || by > most || (step !== undefined && from === to)) {
      return `the ${name} “${piece}” has a step that leads nowhere`
    }
    for (let value = from; value <= to; value += by) values.push(value)
  }
  return values
}

function endsOf(range: string, field: CronField): [number | null, number | null] {
  const ends = range.split('-')
  if (ends.length > 2) return [null, null]
  const [from = null, to = from] = ends.map((end) => valueOf(end, field))
  return [from, to]
}

function valueOf(text: string, { least, most, names }: CronField): number | null {
  const named = names.indexOf(text.toUpperCase())
  if (named >= 0) return named + least
  if (!/^\d{1,2}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}

/** Whether this machine knows the zone, such as "Europe/London". */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
