import { expect, test } from 'vitest'
import { dueOf } from './moments.ts'

test.each([
  ['2026-01-15T09:00', 'Europe/London', '2026-01-15T09:00:00.000Z'],
  ['2026-07-15T09:00', 'Europe/London', '2026-07-15T08:00:00.000Z'],
  ['2026-07-15T09:00:30', 'Asia/Kolkata', '2026-07-15T03:30:30.000Z'],
  // The clocks go forward at 01:00 on 29 March 2026 and back at 02:00 on 25 October.
  ['2026-03-29T00:30', 'Europe/London', '2026-03-29T00:30:00.000Z'],
  ['2026-03-29T02:30', 'Europe/London', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T03:30', 'Europe/London', '2026-10-25T03:30:00.000Z'],
  ['2026-01-15T09:00', undefined, '2026-01-15T09:00:00.000Z'],
])('%s in %s is %s', (until, timeZone, at) => {
  expect(dueOf({ until, timeZone })).toEqual({ at })
})

test('a time with an offset needs no zone and heeds none', () => {
  const until = '2026-01-15T09:00:00+02:00'
  expect(dueOf({ until, timeZone: 'Europe/London' })).toEqual({ at: '2026-01-15T07:00:00.000Z' })
})

test('seconds count from when the wait begins', () => {
  expect(dueOf({ seconds: 1.5 })).toEqual({ afterMs: 1_500 })
})

test('a zone that nobody knows is refused', () => {
  expect(() => dueOf({ until: '2026-01-15T09:00', timeZone: 'Europe/Atlantis' })).toThrow(/Atlantis/)
})
