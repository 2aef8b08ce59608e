import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds } from './conditions.ts'
import { conditions } from './fields.ts'

test('text is compared without regard to case and numbers by value', () => {
  expect(holds({ status: 'Approved' }, { field: 'status', operator: 'equals', value: 'approved' })).toBe(true)
  expect(holds({ n: '7.0' }, { field: 'n', operator: 'equals', value: 7 })).toBe(true)
  expect(holds({ ok: true }, { field: 'ok', operator: 'equals', value: 'true' })).toBe(true)
})

test('an empty path is the item itself and a number in a path is a place in a list', () => {
  expect(holds('hello', { field: '', operator: 'contains', value: 'ELL' })).toBe(true)
  expect(holds({ a: [{ b: 3 }] }, { field: 'a.0.b', operator: 'greater-than', value: 2 })).toBe(true)
})

test('a field that is not there is empty and meets no comparison', () => {
  const on = (operator: 'equals' | 'contains' | 'greater-than' | 'less-than') =>
    holds({}, { field: 'a.b', operator, value: 1 })
  expect(holds({}, { field: 'a.b', operator: 'is-empty' })).toBe(true)
  expect([on('equals'), on('contains'), on('greater-than'), on('less-than')]).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('what an item inherits is not its field', () => {
  expect(holds({}, { field: 'constructor.name', operator: 'is-empty' })).toBe(true)
  expect(holds({ list: [] }, { field: 'list.length', operator: 'equals', value: 0 })).toBe(true)
})

test('a condition and its negation never both hold', () => {
  const pairs = [
    ['equals', 'not-equals'],
    ['contains', 'not-contains'],
    ['is-empty', 'is-not-empty'],
  ] as const
  fc.assert(
    fc.property(fc.json(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), (json, value) => {
      const item: unknown = JSON.parse(json)
      for (const [operator, negation] of pairs) {
        const one = holds(item, { field: '', operator, value })
        expect(one).not.toBe(holds(item, { field: '', operator: negation, value }))
      }
    }),
  )
})

test('a comparison without a value is refused with its place', () => {
  const parsed = conditions().safeParse([
    { field: 'a', operator: 'is-empty' },
    { field: 'a', operator: 'equals' },
  ])
  expect(parsed.error?.issues[0]?.path).toEqual([1, 'value'])
})
