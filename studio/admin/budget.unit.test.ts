import { describe, expect, it } from 'vitest'
import { amountFrom, monthsOf, textOf, wholeFrom } from './budget.ts'

describe('an amount of a budget', () => {
  it('is read as people write it, grouped or not, and money in dollars', () => {
    expect(amountFrom('tokens', ' 5,000,000 ')).toBe(5_000_000)
    expect(amountFrom('calls', '1 000')).toBe(1_000)
    expect(amountFrom('costMicros', '1,000')).toBe(1_000_000_000)
    expect(amountFrom('costMicros', '12.50')).toBe(12_500_000)
    expect(amountFrom('costMicros', '12,50')).toBe(12_500_000)
  })

  it('is no limit where nothing is written, and none at all where it is no number of its kind', () => {
    expect(amountFrom('calls', ' ')).toBeNull()
    for (const text of ['0', '-1', 'ten', '1.5', '1,00,0', '9'.repeat(20)])
      expect(amountFrom('calls', text), text).toBeUndefined()
    expect(amountFrom('costMicros', '0.0000001')).toBeUndefined()
    expect([wholeFrom('100', 100), wholeFrom('101', 100), wholeFrom('', 100)]).toEqual([100, undefined, null])
  })

  it('is written so that reading it again changes nothing', () => {
    for (const [measure, amount] of [
      ['calls', 1_234_567],
      ['tokens', 1],
      ['costMicros', 12_345_678_901],
      ['costMicros', 500_000],
    ] as const)
      expect(amountFrom(measure, textOf(measure, amount))).toBe(amount)
  })
})

describe('what was used', () => {
  const use = (month: string, model: string, calls: number) => ({
    month,
    model,
    calls,
    tokens: calls * 10,
    costMicros: 0,
  })
  const now = Date.parse('2026-11-30T23:59:59Z')

  it('is summed up by month, this one first of all, also where nothing was used in it', () => {
    const usage = [
      use('2026-11-01', 'large', 9),
      use('2026-11-01', 'small', 2),
      use('2026-09-01', 'small', 3),
    ]
    const { current, earlier } = monthsOf(usage, now)
    expect(current).toMatchObject({ name: 'November 2026', total: { calls: 11, tokens: 110 } })
    expect(earlier.map(({ name, total }) => [name, total.calls])).toEqual([['September 2026', 3]])
    expect(monthsOf([], now)).toMatchObject({ current: { total: { calls: 0 }, models: [] }, earlier: [] })
  })

  it('belongs to the month that it is in UTC, whatever the clock on the wall says', () => {
    expect(monthsOf([], Date.parse('2026-12-01T00:00:00Z')).current.name).toBe('December 2026')
  })
})
