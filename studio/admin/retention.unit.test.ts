import { expect, it } from 'vitest'
import { daysFrom, isShorter, keptFor } from './retention.ts'

it('reads whole days from 1 on, nothing as for ever, and takes nothing else', () => {
  expect(daysFrom(' 90 ')).toBe(90)
  expect(daysFrom('')).toBeNull()
  for (const text of ['0', '-1', '1.5', 'ninety', '36501']) expect(daysFrom(text)).toBeUndefined()
})

it('knows when a change may delete what is there', () => {
  expect([isShorter(null, 30), isShorter(90, 30)]).toEqual([true, true])
  expect([isShorter(30, 90), isShorter(30, null), isShorter(30, 30)]).toEqual([false, false, false])
})

it('says how long in words', () => {
  expect([keptFor(null), keptFor(1), keptFor(30)]).toEqual(['for ever', 'for 1 day', 'for 30 days'])
})
