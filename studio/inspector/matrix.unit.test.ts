import { expect, test } from 'vitest'
import { addedRow, movedRow, rowsOf, withField, withOperator, withValue, withoutRow } from './conditions.ts'
import { matrixOf, toggled } from './matrix.ts'
import { CATALOG } from './testing/swarm.ts'

const checkedOf = (value: unknown) =>
  matrixOf(CATALOG, 'writer', value).rows.flatMap(({ cells }) =>
    cells.flatMap((cell) => (cell?.checked ? [cell.choice] : [])),
  )

test('rows are the agents of the role, columns the default and every model that one of them has', () => {
  const { rows, columns } = matrixOf(CATALOG, 'writer', [])
  expect(rows.map(({ agent }) => agent.slug)).toEqual(['creative', 'technical'])
  expect(columns.map(({ title }) => title)).toEqual([
    'Default model',
    'sample model',
    'hosted model',
    'spare model',
  ])
})

test('an agent has no box for a model that it has no configuration of', () => {
  const { rows } = matrixOf(CATALOG, 'writer', [])
  expect(rows.map(({ cells }) => cells.map((cell) => cell !== null))).toEqual([
    [true, true, true, true],
    [true, true, false, true],
  ])
})

test('a default and the same model chosen by name are two choices', () => {
  const value = [{ agent: 'creative' }, { agent: 'creative', model: 'creative-auto' }]
  expect(checkedOf(value)).toEqual(value)
  expect(checkedOf([{ agent: 'creative' }])).toEqual([{ agent: 'creative' }])
})

test('a new choice goes to the end and taking one out leaves the order of the others', () => {
  const value = [{ agent: 'technical' }, { agent: 'creative' }]
  const more = toggled(value, { agent: 'creative', model: 'creative-hosted' })
  expect(more).toEqual([...value, { agent: 'creative', model: 'creative-hosted' }])
  expect(toggled(more, { agent: 'technical' })).toEqual(more.slice(1))
})

test('toggling twice is as if nothing had been done', () => {
  const value = [{ agent: 'creative' }]
  expect(toggled(toggled(value, { agent: 'technical' }), { agent: 'technical' })).toEqual(value)
})

test('choices that name what is not there show as strays and count', () => {
  const value = [{ agent: 'ghost' }, { agent: 'creative', model: 'sold' }, { agent: 'creative' }]
  const { strays, chosen } = matrixOf(CATALOG, 'writer', value)
  expect(strays).toEqual(value.slice(0, 2))
  expect(chosen).toBe(3)
})

test('what is no list of choices shows as nothing chosen', () => {
  for (const value of [undefined, 'creative', { agent: 'creative' }, [null, 3]]) {
    expect(matrixOf(CATALOG, 'writer', value).chosen).toBe(0)
  }
})

const rows = rowsOf([
  { field: 'status', operator: 'equals', value: 'approved' },
  { field: 'brief.tone', operator: 'is-empty' },
])

test('what is no condition still is a row that can be mended', () => {
  expect(rowsOf([null, { field: 3, operator: 'like' }])).toEqual([
    { field: '', operator: 'equals' },
    { field: '', operator: 'equals' },
  ])
  expect(rowsOf('status')).toEqual([])
})

test('a comparison without a value drops it, one that needs it has it again', () => {
  const emptied = withOperator(rows, 0, 'is-empty')
  expect(emptied[0]).toEqual({ field: 'status', operator: 'is-empty' })
  expect(withOperator(emptied, 0, 'contains')[0]).toEqual({
    field: 'status',
    operator: 'contains',
    value: '',
  })
})

test('greater and less keep numbers as numbers, everything else what was written', () => {
  const greater = withOperator(rows, 0, 'greater-than')
  expect(withValue(greater, 0, '7.5')[0]?.value).toBe(7.5)
  expect(withValue(greater, 0, '7.')[0]?.value).toBe('7.')
  expect(withValue(rows, 0, '7')[0]?.value).toBe('7')
})

test('a number that is still being typed keeps every key', () => {
  const greater = withOperator(rows, 0, 'greater-than')
  for (const typed of ['0', '0.', '0.5', '0.50', '-', '-1', '1.0', '007', '12']) {
    expect(String(withValue(greater, 0, typed)[0]?.value)).toBe(typed)
  }
})

test('rows move inside the list, are added at its end and taken out', () => {
  expect(movedRow(rows, 0, 1).map(({ field }) => field)).toEqual(['brief.tone', 'status'])
  expect(movedRow(rows, 0, -1)).toEqual(rows)
  expect(addedRow(rows).at(-1)).toEqual({ field: 'brief.tone', operator: 'equals', value: '' })
  expect(withoutRow(rows, 0)).toEqual(rows.slice(1))
  expect(withField(rows, 1, ' score ')[1]?.field).toBe('score')
})
