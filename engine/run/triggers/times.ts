import { Cron } from 'croner'
import { type Failure, type ScheduleSettings, type TriggerSettings, mapInput } from '#graph'
import { newCallId } from '../ids.ts'
import type { Json } from '../interfaces.ts'
import type { NewCall } from './interfaces.ts'

/** A time that is looked at within this was kept; later, it was missed. */
const IN_TIME_MS = 60_000
/** Missed times that are looked at: more than may be caught up on. */
const MOST_MISSED = 101

const cronOf = ({ cron, timeZone }: Pick<ScheduleSettings, 'cron' | 'timeZone'>) =>
  new Cron(cron, { timezone: timeZone, paused: true })

/** The first time after `now`; null for what is no schedule, or one that never comes again. */
export const nextTime = (settings: TriggerSettings, now: Date): Date | null =>
  settings.kind === 'schedule' ? cronOf(settings).nextRun(now) : null

/** What came in when a schedule is due: its time in words of its zone. */
export function scheduleBody({ timeZone }: Pick<ScheduleSettings, 'timeZone'>, due: Date): Json {
  const part = (options: Intl.DateTimeFormatOptions, language = 'en-GB') =>
    new Intl.DateTimeFormat(language, { timeZone, ...options }).format(due)
  return {
    due: due.toISOString(),
    date: part({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE'),
    time: part({ hour: '2-digit', minute: '2-digit' }),
    weekday: part({ weekday: 'long' }),
    month: part({ month: 'long' }),
    year: part({ year: 'numeric' }),
    timeZone,
  }
}

/** Calls for every time since `dueSince` that is to be kept, and the next time. Pure but for the ids of the calls. */
export function keepSchedule(
  schedule: ScheduleSettings,
  dueSince: Date,
  now: Date,
): { calls: NewCall[]; nextAt: Date | null } {
  const cron = cronOf(schedule)
  const due = cron
    .previousRuns(MOST_MISSED, new Date(now.getTime() + 1_000))
    .filter((time) => time >= dueSince && time <= now)
    .toSorted((a, b) => a.getTime() - b.getTime())
  // An expression that was changed under a time that was due already.
  if (due.length === 0) due.push(dueSince)
  const kept = due.slice(due.length - room(schedule, due, now))
  const passed = due.slice(0, due.length - kept.length)
  const calls = kept.map((time): NewCall => {
    const body = scheduleBody(schedule, time)
    const { input, failure } = mapInput(schedule.brief, body)
    return { id: newCallId(now.getTime()), key: keyOf(time), body, input, failure, dueAt: time }
  })
  const [first] = passed
  const last = passed.at(-1)
  if (first && last) {
    calls.unshift({
      id: newCallId(now.getTime()),
      key: `missed ${keyOf(first)}`,
      body: null,
      input: null,
      failure: missed(first, last, passed.length),
      skipped: true,
      dueAt: last,
    })
  }
  return { calls, nextAt: cron.nextRun(now) }
}

const keyOf = (time: Date): string => time.toISOString()

/** How many of the times are kept, counted from the last one. */
function room({ missed, maxMissed }: ScheduleSettings, due: Date[], now: Date): number {
  if (missed === 'once') return 1
  if (missed === 'all') return Math.min(due.length, maxMissed)
  return due.filter((time) => now.getTime() - time.getTime() < IN_TIME_MS).length
}

function missed(first: Date, last: Date, count: number): Failure {
  const times = count === 1 ? 'One time passed' : `${count === MOST_MISSED ? 'Many' : count} times passed`
  return {
    code: 'trigger.missed',
    message: `${times} while Pressroom was not running.`,
    fix: 'Choose what becomes of missed times in the trigger, or try it now.',
    retryable: false,
    facts: { first: first.toISOString(), last: last.toISOString(), count },
  }
}
