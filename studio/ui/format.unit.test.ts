import { expect, test } from 'vitest'
import { cost, counted, duration, since, wordCount } from './format.ts'

test('durations are told in the unit that fits them', () => {
  expect([400, 12_900, 185_000, 3_725_000].map(duration)).toEqual([
    '0.4 s',
    '12 s',
    '3 min 05 s',
    '1 h 02 min',
  ])
})

test('a clock that runs behind never shows a negative duration', () => {
  expect(duration(-5_000)).toBe('0.0 s')
})

test('one of something is singular and anything else is plural', () => {
  expect([0, 1, 6].map((n) => counted(n, 'draft'))).toEqual(['0 drafts', '1 draft', '6 drafts'])
  expect(counted(2, 'entry', 'entries')).toBe('2 entries')
})

test('a time is told relative to now for a week and as a date after that', () => {
  const now = Date.parse('2026-06-15T12:00:00Z')
  expect(since('2026-06-15T11:59:50Z', now)).toBe('just now')
  expect(since('2026-06-15T11:56:00Z', now)).toBe('4 minutes ago')
  expect(since('2026-06-14T12:00:00Z', now)).toBe('yesterday')
  expect(since('2026-05-01T12:00:00Z', now)).toMatch(/^1 May/)
})

test('money is shown from millionths of a dollar without losing small sums', () => {
  expect(cost(0)).toBe('US$0.00')
  expect(cost(1_234_500)).toBe('US$1.2345')
})

test('words are what stands between white space', () => {
  expect(wordCount('')).toBe(0)
  expect(wordCount('  Two\n words ')).toBe(2)
})
