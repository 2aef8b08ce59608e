import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Splice, rebased, spliceBetween, spliced } from './splice.ts'

const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '😀', '😁', '\n') })

test('the change between two texts makes one of the other and never splits a pair', () => {
  fc.assert(
    fc.property(text, text, fc.nat(24), (before, after, caret) => {
      const splice = spliceBetween(before, after, caret)
      expect(splice === null).toBe(before === after)
      if (!splice) return
      expect(spliced(before, splice)).toBe(after)
      expect(splice.insert.isWellFormed()).toBe(true)
      expect(before.slice(splice.at, splice.at + splice.remove).isWellFormed()).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('a letter typed among equal ones stands where the caret says', () => {
  expect(spliceBetween('aaa', 'aaaa', 2)).toEqual({ at: 1, remove: 0, insert: 'a' })
  expect(spliceBetween('aaa', 'aa', 1)).toEqual({ at: 1, remove: 1, insert: '' })
})

test('two changes at once keep what each put in and take only what either took out', () => {
  const base = '0123456789'
  const change = (insert: string) =>
    fc.tuple(fc.nat(10), fc.nat(10)).map(([at, most]): Splice => {
      const remove = Math.min(most, base.length - at)
      return { at, remove, insert }
    })
  fc.assert(
    fc.property(change('XYZ'), change('uvw'), (mine, other) => {
      const now = spliced(base, other)
      const both = rebased(mine, other).reduce(spliced, now)
      const taken = ({ at, remove }: Splice) => base.slice(at, at + remove)
      const left = Array.from(base).filter(
        (digit) => !taken(mine).includes(digit) && !taken(other).includes(digit),
      )
      expect(both.replace('XYZ', '').replace('uvw', '')).toBe(left.join(''))
      expect(both).toContain('XYZ')
      expect(both).toContain('uvw')
    }),
    { numRuns: 5_000 },
  )
})
