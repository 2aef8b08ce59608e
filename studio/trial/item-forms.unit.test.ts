import { describe, expect, it } from 'vitest'
import { tableOf, textOf } from './item-forms.ts'

describe('an item as text', () => {
  it('is the text that people would read of it', () => {
    expect(textOf('Tea')).toBe('Tea')
    expect(textOf({ id: 'd1', text: 'A draft' })).toBe('A draft')
    expect(textOf({ score: 8, reason: 'Clear' })).toBe('Clear')
    expect(textOf({ title: 'T', versions: [{ text: 'Best' }, { text: 'Second' }] })).toBe('Best')
  })

  it('is nothing for what has no text', () => {
    for (const value of [null, [], ['a'], { entries: [] }, { versions: [] }]) expect(textOf(value)).toBeNull()
  })
})

describe('items as a table', () => {
  it('have a column for each field of any of them, in the order of appearance', () => {
    expect(tableOf([{ a: 1, b: 'x' }, { c: true }])).toEqual({
      columns: ['a', 'b', 'c'],
      rows: [
        ['1', 'x', ''],
        ['', '', 'true'],
      ],
    })
  })

  it('have one column where they are plain values', () => {
    expect(tableOf(['x', 2])).toEqual({ columns: ['value'], rows: [['x'], ['2']] })
  })

  it('show an object in a cell by its name and cut what is long', () => {
    const [row] = tableOf([{ writer: { slug: 'c', name: 'Creative' }, text: 'x'.repeat(500) }]).rows
    expect(row?.[0]).toBe('Creative')
    expect(row?.[1]).toBe(`${'x'.repeat(160)}…`)
  })
})
