import { expect, test } from 'vitest'
import { EMPTY_RUN_VIEW, type Plan, type PlannedStep, type RunView, type StepView } from '#graph'
import { cardsOf, columnsOf, lanesOf, nodeCounts } from './lanes.ts'

const planned = (nodeType: string, path: string): PlannedStep => ({
  nodeId: `${nodeType}s`,
  nodeTitle: nodeType,
  nodeType,
  path,
  label: `${nodeType} ${path}`,
  models: [],
  maxCalls: 1,
  conditional: false,
})
const step = (nodeId: string, path: string, state: StepView['state']): StepView => ({
  id: `${nodeId}-${path}`,
  nodeId,
  path,
  label: `${nodeId} at ${path}`,
  state,
  attempt: 1,
  models: [],
  startedAt: null,
  finishedAt: null,
  message: null,
  calls: [],
  failures: [],
  outputs: [],
  skipReason: null,
})
const viewOf = (...steps: StepView[]): RunView => ({
  ...EMPTY_RUN_VIEW,
  steps: Object.fromEntries(steps.map((one) => [one.id, one])),
})
const plan: Plan = {
  drafts: 2,
  steps: [planned('brief', 'b'), planned('writer', 'a'), planned('writer', 'b'), planned('editor', 'a')],
  maxCalls: 4,
  destinations: [],
  exact: true,
}

test('before a run starts every planned step is there as planned', () => {
  expect(cardsOf(plan, EMPTY_RUN_VIEW).map(({ state }) => state)).toEqual(Array(4).fill('planned'))
})

test('a started step takes the place of its planned one, and an unplanned one comes last', () => {
  const cards = cardsOf(plan, viewOf(step('extra', 'z', 'running'), step('writers', 'b', 'running')))
  expect(cards.map(({ label, state }) => [label, state])).toEqual([
    ['brief b', 'planned'],
    ['writer a', 'planned'],
    ['writers at b', 'running'],
    ['editor a', 'planned'],
    ['extra at z', 'running'],
  ])
})

test('lanes come in the order of the work, without empty ones, and the brief only when it fails', () => {
  const calm = lanesOf(cardsOf(plan, EMPTY_RUN_VIEW), {})
  expect(calm.map(({ name, cards }) => [name, cards.length])).toEqual([
    ['Writing', 2],
    ['Editing', 1],
  ])
  const broken = lanesOf(cardsOf(plan, viewOf(step('briefs', 'b', 'failed'))), {})
  expect(broken[0]).toMatchObject({ key: 'brief', cards: [{ state: 'failed' }] })
})

test('an unplanned step finds its lane by the type of its node', () => {
  const lanes = lanesOf(cardsOf(null, viewOf(step('judges', 'a', 'running'))), { judges: 'evaluator' })
  expect(lanes).toMatchObject([{ key: 'evaluating' }])
})

test('a node counts its steps by how far they are', () => {
  const cards = cardsOf(plan, viewOf(step('writers', 'a', 'failed'), step('writers', 'b', 'waiting')))
  expect(nodeCounts(cards)['writers']).toEqual({ total: 2, ended: 1, succeeded: 0, running: 1, failed: 1 })
})

test('the deliverable stands below the ranking, and on its own where nothing is ranked', () => {
  const lanes = (...types: string[]) =>
    lanesOf(cardsOf({ ...plan, steps: types.map((type) => planned(type, '')) }, EMPTY_RUN_VIEW), {})
  const keys = (columns: ReturnType<typeof columnsOf>) =>
    columns.map((column) => column.map(({ key }) => key))
  expect(keys(columnsOf(lanes('writer', 'rank', 'deliverable')))).toEqual([
    ['writing'],
    ['ranking', 'deliverable'],
  ])
  expect(keys(columnsOf(lanes('writer', 'deliverable')))).toEqual([['writing'], ['deliverable']])
})
