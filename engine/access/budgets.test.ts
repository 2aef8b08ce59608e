import { expect, test } from 'vitest'
import { budgetNotice, standings } from './budgets.ts'

const budget = { calls: 200, tokens: null, costMicros: 1_000, warnPercent: 80 }
const used = (calls: number, costMicros = 0) => ({ calls, tokens: 9_999_999, costMicros })

test('a measure is near its limit from the warning share on, and spent only when nothing is left', () => {
  const states = [159, 160, 199, 200, 201].map((calls) => standings(budget, used(calls))[0]?.state)
  expect(states).toEqual(['fine', 'near', 'near', 'spent', 'spent'])
  expect(standings(budget, used(199))[0]?.percent).toBe(99)
})

test('what has no limit is never told of', () => {
  expect(standings(budget, used(1)).map(({ measure }) => measure)).toEqual(['calls', 'costMicros'])
  expect(budgetNotice({ ...budget, calls: null, costMicros: null }, used(9, 9))).toBeNull()
})

test('people are told of what is closest to its limit, and of nothing while all is well', () => {
  expect(budgetNotice(budget, used(159, 799))).toBeNull()
  expect(budgetNotice(budget, used(160, 900))).toEqual({ measure: 'costMicros', percent: 90, state: 'near' })
  expect(budgetNotice(budget, used(200, 900))).toEqual({ measure: 'calls', percent: 100, state: 'spent' })
})
