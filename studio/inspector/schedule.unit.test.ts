import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cronFault } from '#graph'
import {
  type Repeat,
  clockOf,
  cronOf,
  nextTimes,
  repeatOf,
  scheduleOf,
  timeIn,
  turnedInto,
  withDay,
} from './schedule.ts'

const minute = fc.nat(59)
const hour = fc.nat(23)
const anyRepeat: fc.Arbitrary<Repeat> = fc.oneof(
  fc.record({ kind: fc.constant('hour' as const), minute }),
  fc.record({ kind: fc.constant('day' as const), hour, minute }),
  fc.record({
    kind: fc.constant('week' as const),
    days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
    hour,
    minute,
  }),
  fc.record({ kind: fc.constant('month' as const), day: fc.integer({ min: 1, max: 31 }), hour, minute }),
)

test('a plain choice is written as a good expression and read back as the same choice', () => {
  fc.assert(
    fc.property(anyRepeat, (repeat) => {
      expect(cronFault(cronOf(repeat))).toBeNull()
      expect(repeatOf(cronOf(repeat))).toEqual(repeat)
    }),
  )
})

test('an expression that no plain choice says, or that is wrong, stays as it was typed', () => {
  for (const cron of ['*/5 * * * *', '0 9 1 * 1', '0 9 * 2 *', '0 99 * * *', 'daily', '']) {
    expect(repeatOf(cron)).toEqual({ kind: 'own', cron })
  }
})

test('a range of days is read as its days, and Sunday may be 7', () => {
  expect(repeatOf('30 8 * * 1-3,7')).toEqual({ kind: 'week', days: [1, 2, 3, 0], hour: 8, minute: 30 })
})

test('another kind of repetition keeps the time of day', () => {
  const week = turnedInto('week', { kind: 'day', hour: 17, minute: 45 })
  expect(week).toMatchObject({ days: [1, 2, 3, 4, 5], hour: 17, minute: 45 })
  expect(turnedInto('own', week)).toEqual({ kind: 'own', cron: '45 17 * * 1,2,3,4,5' })
  expect(turnedInto('day', null)).toMatchObject({ hour: 9, minute: 0 })
})

test('the last day of a week cannot be taken away', () => {
  expect(withDay([1, 5], 1)).toEqual([5])
  expect(withDay([5], 5)).toEqual([5])
  expect(withDay([5], 0)).toEqual([5, 0])
})

test('a clock is written with two digits and read back; an unfinished one is no time', () => {
  expect(clockOf({ hour: 7, minute: 5 })).toBe('07:05')
  expect(timeIn('07:05')).toEqual({ hour: 7, minute: 5 })
  expect(timeIn('')).toBeNull()
})

test('the next times are those of the zone, also across the change to summer time', async () => {
  const schedule = { cron: '0 9 * * *', timeZone: 'Europe/London' }
  expect(await nextTimes(schedule, new Date('2026-03-28T00:00:00Z'), 2)).toEqual([
    'Sat, 28 Mar 2026, 09:00 GMT',
    'Sun, 29 Mar 2026, 09:00 BST',
  ])
})

test('what is no schedule at all counts as none, and missing halves as empty', () => {
  expect([scheduleOf(undefined), scheduleOf('daily'), scheduleOf([])]).toEqual([null, null, null])
  expect(scheduleOf({ cron: '0 9 * * *' })).toEqual({ cron: '0 9 * * *', timeZone: '' })
})
