import { z } from 'zod'
import type { Moment } from '#sdk'
import { PressroomError } from './errors.ts'
import { isTimeZone } from './schedule.ts'

/** When a wait is over: so long after the database's now, or at an ISO time in UTC. */
export const dueSchema = z.union([z.object({ afterMs: z.number() }), z.object({ at: z.string() })])
export type Due = z.infer<typeof dueSchema>

/** Throws `wait.invalid` for a time zone that this machine does not know. */
export function dueOf({ seconds, until, timeZone = 'UTC' }: Moment): Due {
  if (seconds !== undefined) return { afterMs: Math.round(seconds * 1_000) }
  const text = until ?? ''
  if (/(Z|[+-]\d\d:?\d\d)$/.test(text)) return { at: new Date(text).toISOString() }
  if (!isTimeZone(timeZone)) {
    throw new PressroomError({
      code: 'wait.invalid',
      message: `There is no time zone "${timeZone}".`,
      fix: 'Choose one such as Europe/London.',
      facts: { timeZone },
    })
  }
  const wall = Date.parse(`${text}Z`)
  // The offset that counts is the one at the moment itself; a second look settles it near a change of the clocks.
  const near = wall - offsetMs(wall, timeZone)
  return { at: new Date(wall - offsetMs(near, timeZone)).toISOString() }
}

/** How far the clocks of a zone are ahead of UTC at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return wall - Math.floor(at / 1_000) * 1_000
}

/** The moment as an ISO time, where `from` is when the wait began. */
export const momentOf = (due: Due | null, from: string): string | null => {
  if (due === null) return null
  return 'at' in due ? due.at : new Date(Date.parse(from) + due.afterMs).toISOString()
}
