import { describe, expect, test } from 'vitest'
import { createPrices, matches } from './prices.ts'

const prices = (own: { pattern: string; inputMicros: number; outputMicros: number }[] = []) =>
  createPrices({ list: () => Promise.resolve(own) })
const openAi = { provider: 'openai-compatible', local: false, url: 'https://api.openai.com/v1' }
const tokens = { inputTokens: 1_000, outputTokens: 500 }

describe('what a call costs', () => {
  test('is by the shipped list for external models', async () => {
    expect(await prices().cost('org', { ...openAi, model: 'gpt-4.1' }, tokens)).toBe(2_000 + 4_000)
    const claude = { provider: 'anthropic', local: false, model: 'claude-sonnet-4-5' }
    expect(await prices().cost('org', claude, tokens)).toBe(3_000 + 7_500)
  })

  test('is by the organisation’s own prices first, the first that fits, rounded up', async () => {
    const own = [
      { pattern: 'gpt-4.1', inputMicros: 1_000_000, outputMicros: 0 },
      { pattern: '*', inputMicros: 1, outputMicros: 1 },
    ]
    expect(await prices(own).cost('org', { ...openAi, model: 'gpt-4.1' }, tokens)).toBe(1_000)
    expect(await prices(own).cost('org', { ...openAi, model: 'other' }, tokens)).toBe(1)
  })

  test('is nothing for local models without a price of their own, and where none is known', async () => {
    const local = { provider: 'ollama', local: true, model: 'llama3.2' }
    expect(await prices().cost('org', local, tokens)).toBe(0)
    const own = [{ pattern: 'llama*', inputMicros: 1_000_000, outputMicros: 1_000_000 }]
    expect(await prices(own).cost('org', local, tokens)).toBe(1_500)
    expect(await prices().cost('org', { ...openAi, model: 'never-heard-of' }, tokens)).toBe(0)
    expect(
      await prices().cost('org', { ...openAi, url: 'https://models.example', model: 'gpt-4.1' }, tokens),
    ).toBe(0)
  })
})

test.each([
  ['gpt-4.1', 'gpt-4.1', true],
  ['gpt-4.1', 'gpt-4.1-mini', false],
  ['gpt-4*', 'gpt-4.1-mini', true],
  ['*mini', 'gpt-4.1-mini', true],
  ['gpt*mini', 'gpt-mini', true],
  ['gpt*mini', 'gptmin', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['ab*ba', 'aba', false],
  ['*', '', true],
])('the pattern %s fits %s: %s', (pattern, name, fits) => {
  expect(matches(pattern, name)).toBe(fits)
})
