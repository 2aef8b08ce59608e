import { expect, test } from 'vitest'
import { overlay } from './run-store-streams.ts'

test('a chunk goes on where the text ends', () => {
  expect(overlay('Tea ', 4, 'is good')).toBe('Tea is good')
})

test('a chunk that was sent again changes nothing', () => {
  expect(overlay('Tea is', 4, 'is')).toBe('Tea is')
})

test('a chunk at the beginning starts the text anew', () => {
  expect(overlay('Half a sen', 0, 'Another')).toBe('Another')
})

test('offsets count UTF-16 units, as in the text that they come from', () => {
  expect(overlay('🍵', '🍵'.length, ' tea')).toBe('🍵 tea')
})

test('what is missing before a chunk is left blank', () => {
  expect(overlay('Tea', 6, 'good')).toBe('Tea   good')
})
