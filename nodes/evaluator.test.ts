import { expect, test } from 'vitest'
import { exampleAgent, exampleDraft } from '#sdk'
import { scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import evaluator, { meanScore, scoresSchema } from './evaluator.ts'

const score = (name: string, value = 5) => ({ name, score: value, reason: 'so' })
const accepts = (...criteria: object[]) =>
  scoresSchema(['Clarity', 'Depth']).safeParse({ criteria, summary: '' }).success

test('every criterion has to be scored exactly once', () => {
  expect(accepts(score('Depth'), score('Clarity'))).toBe(true)
  expect(accepts(score('Clarity'), score('Clarity'))).toBe(false)
  expect(accepts(score('Clarity'))).toBe(false)
  expect(accepts(score('Clarity'), score('Depth'), score('Depth'))).toBe(false)
  expect(accepts(score('Clarity'), score('Charm'))).toBe(false)
})

test('a score outside 1 to 10 or without a reason is refused', () => {
  expect(accepts(score('Depth', 0), score('Clarity'))).toBe(false)
  expect(accepts(score('Depth', 11), score('Clarity'))).toBe(false)
  expect(accepts({ ...score('Depth'), reason: '' }, score('Clarity'))).toBe(false)
})

test('the score is the mean of the criteria, rounded to two decimals', () => {
  expect(meanScore([{ score: 7 }, { score: 7 }, { score: 8 }])).toBe(7.33)
})

test('an evaluator without criteria asks no model and fails with a fix', async () => {
  const host = scriptedHost(() => ({}))
  const step = stepContext<{ agents: { agent: string }[] }, (typeof evaluator)['inputs']>({
    config: { agents: [{ agent: 'quality' }] },
    inputs: { draft: exampleDraft() },
    entry: { agent: exampleAgent('evaluator', { criteria: [] }), model: 'm' },
    host,
  })
  await expect(async () => evaluator.run(step)).rejects.toMatchObject({
    fix: expect.stringContaining('criteria'),
  })
  expect(host.asked).toEqual([])
})
