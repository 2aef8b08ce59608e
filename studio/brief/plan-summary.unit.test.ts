import { expect, test } from 'vitest'
import type { Plan, PlannedStep } from '#graph'
import { destinationsOf, planSummary, waitsIn } from './plan-summary.ts'

const step = (nodeType: string, maxCalls: number, conditional = false): PlannedStep => ({
  nodeId: nodeType,
  nodeTitle: nodeType,
  nodeType,
  path: '',
  label: nodeType,
  models: [],
  maxCalls,
  conditional,
})
const planOf = (steps: PlannedStep[]): Plan => ({
  drafts: 1,
  steps,
  maxCalls: 0,
  destinations: [],
  exact: true,
})

test('the plan says once what a run waits for, people first', () => {
  const waiting = (...waits: ('timer' | 'callback' | 'approval')[]) => ({ ...step('delay', 0), waits })
  expect(waitsIn(planOf([step('writer', 1)]))).toBe('')
  expect(waitsIn(planOf([waiting('timer'), waiting('approval'), waiting('timer')]))).toBe(
    'people to decide and a time',
  )
})

test('steps are added up per stage in the order of the work, whatever the order of the plan', () => {
  const plan = planOf([
    step('evaluator', 1),
    step('brief', 0),
    step('writer', 1),
    step('writer', 1),
    step('editor', 6, true),
  ])
  expect(planSummary(plan)).toEqual([
    { key: 'writing', name: 'Writing', steps: 2, maxCalls: 2, conditional: false },
    { key: 'editing', name: 'Editing', steps: 1, maxCalls: 6, conditional: true },
    { key: 'evaluating', name: 'Evaluating', steps: 1, maxCalls: 1, conditional: false },
  ])
})

test('a node type that no stage knows is still counted', () => {
  expect(planSummary(planOf([step('my-plugin', 3)]))).toMatchObject([{ key: 'other', steps: 1, maxCalls: 3 }])
})

test('personalities that speak through the same model are one destination with all their calls', () => {
  const through = (model: string, label: string, maxCalls: number) => ({
    model,
    label,
    provider: 'ollama',
    local: true,
    maxCalls,
  })
  const destinations = [through('a', 'Llama', 2), through('b', 'Mistral', 1), through('c', 'Llama', 3)]
  expect(
    destinationsOf({ ...planOf([]), destinations }).map(({ label, maxCalls }) => [label, maxCalls]),
  ).toEqual([
    ['Llama', 5],
    ['Mistral', 1],
  ])
})
