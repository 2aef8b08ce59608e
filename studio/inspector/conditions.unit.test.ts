import { expect, test } from 'vitest'
import { verdictsOf } from './conditions.ts'

const items = [
  { label: 'Creative writer', value: { status: 'approved', score: 8 } },
  { label: 'Technical writer', value: { status: 'rejected' } },
]

test('a condition says of each item whether it is met and by what', () => {
  expect(verdictsOf({ field: 'status', operator: 'equals', value: 'Approved' }, items)).toEqual([
    { label: 'Creative writer', actual: 'approved', met: true },
    { label: 'Technical writer', actual: 'rejected', met: false },
  ])
  expect(verdictsOf({ field: 'score', operator: 'greater-than', value: 7 }, items)).toEqual([
    { label: 'Creative writer', actual: '8', met: true },
    { label: 'Technical writer', actual: 'empty', met: false },
  ])
})

test('a condition that lacks its value says nothing yet', () => {
  expect(verdictsOf({ field: 'status', operator: 'equals', value: '' }, items)).toBeNull()
  expect(verdictsOf({ field: 'status', operator: 'is-empty' }, items)?.map(({ met }) => met)).toEqual([
    false,
    false,
  ])
})
