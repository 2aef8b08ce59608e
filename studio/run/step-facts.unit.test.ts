import { expect, test } from 'vitest'
import { EMPTY_RUN_VIEW, NO_USAGE, type PlannedStep, type StepView } from '#graph'
import { elapsedOf, fieldName, liveCallOf, modelsOf, splitLabel, structured } from './step-facts.ts'

const step: StepView = {
  id: 's1',
  nodeId: 'writers',
  path: 'p',
  label: 'Creative writer',
  state: 'running',
  attempt: 1,
  models: ['auto'],
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  message: null,
  calls: [],
  failures: [],
  outputs: [],
  skipReason: null,
}
const call = (model: string) => ({ id: model, purpose: '', model, text: '', usage: NO_USAGE, durationMs: 1 })
const planned: PlannedStep = {
  nodeId: 'writers',
  nodeTitle: 'Writers',
  nodeType: 'writer',
  path: 'p',
  label: 'Creative writer',
  models: [{ id: 'a', label: 'Llama', provider: 'ollama', local: true }],
  maxCalls: 1,
  conditional: false,
}
const card = { key: 'k', nodeId: 'writers', label: '', state: 'running' as const, planned, step }

test('a running step counts to now and an ended one stands still', () => {
  const now = Date.parse('2026-01-01T00:00:09.000Z')
  expect(elapsedOf(step, now)).toBe(9_000)
  expect(elapsedOf({ ...step, finishedAt: '2026-01-01T00:00:02.000Z' }, now)).toBe(2_000)
  expect(elapsedOf(null, now)).toBeNull()
})

test('a step shows the models that it called, and before its first call those that the plan gave it', () => {
  const labels = { a: 'Llama', b: 'Mistral' }
  expect(modelsOf(card, labels)).toEqual(['Llama'])
  expect(modelsOf({ ...card, step: { ...step, calls: [call('b'), call('b')] } }, labels)).toEqual(['Mistral'])
  expect(modelsOf({ ...card, planned: null }, labels)).toEqual(['auto'])
})

test('of several texts being written for a step the one begun last is shown', () => {
  const live = (id: string, stepId: string) => ({ id, stepId, purpose: '', text: id })
  const view = {
    ...EMPTY_RUN_VIEW,
    live: { c1: live('c1', 's1'), c2: live('c2', 's1'), c3: live('c3', 's2') },
  }
  expect(liveCallOf(view, step)?.id).toBe('c2')
})

test('a label is split into who works and on whose work', () => {
  expect(splitLabel('Quality evaluator on Clarity editor on Creative writer')).toEqual({
    who: 'Quality evaluator',
    on: 'on Clarity editor on Creative writer',
  })
  expect(splitLabel('Ranking')).toEqual({ who: 'Ranking', on: '' })
})

test('a structured reply is read as one, and prose, even with brackets, is not', () => {
  expect(structured(' {"approved": false}')).toEqual({ approved: false })
  expect([structured('Approved.'), structured('[1] A footnote'), structured('{"cut off": ')]).toEqual([
    null,
    null,
    null,
  ])
})

test('field names are words', () => {
  expect(['reason', 'meanScore', 'key_points'].map(fieldName)).toEqual(['Reason', 'Mean score', 'Key points'])
})
