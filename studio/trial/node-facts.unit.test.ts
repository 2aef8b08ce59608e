import { describe, expect, it } from 'vitest'
import { EMPTY_RUN_VIEW, type Flow, type RunView, type StepView } from '#graph'
import { edgeItems, factLines, failedSteps, itemLine, itemSource, nodeFacts } from './node-facts.ts'

const SECOND = 1_000
const at = (seconds: number) => new Date(seconds * SECOND).toISOString()
const failure = {
  code: 'model.unreachable',
  message: 'No answer',
  fix: 'Start it',
  retryable: true,
  facts: {},
}

const stepOf = (id: string, more: Partial<StepView> = {}): StepView => ({
  id,
  nodeId: 'write',
  path: id,
  label: `Step ${id}`,
  state: 'succeeded',
  attempt: 1,
  models: [],
  startedAt: at(10),
  finishedAt: at(12),
  message: null,
  calls: [],
  failures: [],
  outputs: [],
  skipReason: null,
  ...more,
})
const viewOf = (...steps: StepView[]): RunView => ({
  ...EMPTY_RUN_VIEW,
  steps: Object.fromEntries(steps.map((step) => [step.id, step])),
})
const call = (costMicros: number) => ({
  id: 'c',
  purpose: 'p',
  model: 'm',
  text: '',
  usage: { calls: 1, inputTokens: 1, outputTokens: 1, costMicros },
  durationMs: 1,
})
const flow: Flow = {
  schemaVersion: 1,
  name: 'Tea',
  description: '',
  nodes: [
    { id: 'write', type: 'writer', version: 1, position: { x: 0, y: 0 }, config: {} },
    { id: 'edit', type: 'editor', version: 1, position: { x: 9, y: 0 }, config: {} },
  ],
  edges: [{ id: 'e1', source: { node: 'write', port: 'drafts' }, target: { node: 'edit', port: 'draft' } }],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

describe('what a node took', () => {
  it('runs from the start of its first step to the end of its last one, with the cost of all its calls', () => {
    const view = viewOf(
      stepOf('a', { calls: [call(20)] }),
      stepOf('b', { startedAt: at(11), finishedAt: at(16), calls: [call(30)] }),
    )
    expect(nodeFacts(view, 0)).toEqual({ write: { durationMs: 6 * SECOND, calls: 2, costMicros: 50 } })
  })

  it('is told for each item as well: what the step took that put it out, and nothing of one that was given', () => {
    expect(itemLine(stepOf('a', { calls: [call(20_000)] }))).toBe('2.0 s · US$0.02')
    expect(itemLine(stepOf('a'))).toBe('2.0 s')
    expect(itemLine(stepOf('a', { given: true }))).toBeNull()
    expect(itemLine(stepOf('a', { finishedAt: null }))).toBeNull()
  })

  it('runs on while one of its steps does', () => {
    const view = viewOf(stepOf('a', { state: 'running', finishedAt: null }))
    expect(nodeFacts(view, 17 * SECOND)['write']?.durationMs).toBe(7 * SECOND)
  })

  it('counts the attempts that failed before', () => {
    const failures = [{ attempt: 1, at: at(5), failure, retryAt: at(10), durationMs: 2 * SECOND }]
    expect(nodeFacts(viewOf(stepOf('a', { attempt: 2, failures })), 0)['write']?.durationMs).toBe(9 * SECOND)
  })

  it('is nothing for a step that never started', () => {
    const skipped = stepOf('a', { state: 'skipped', startedAt: null })
    expect(nodeFacts(viewOf(skipped), 50)['write']).toEqual({ durationMs: 0, calls: 0, costMicros: 0 })
  })

  it('says what it cost only where models were called', () => {
    const facts = { calls: 0, costMicros: 0, durationMs: 2 * SECOND }
    expect(factLines({ a: facts, b: { ...facts, calls: 1 } })).toEqual({ a: '2.0 s', b: '2.0 s · US$0.00' })
  })
})

describe('items', () => {
  it('are counted on the edges that start at the port that put them out', () => {
    const output = { id: 'o', port: 'drafts', type: 'draft', label: 'Draft' }
    const view = viewOf(
      stepOf('a', { outputs: [output, { ...output, port: 'log' }] }),
      stepOf('b', { outputs: [output] }),
    )
    expect(edgeItems(view, flow)).toEqual({ e1: 2 })
  })

  it('come from the one node or the one edge that is selected', () => {
    expect(itemSource(new Set(['edit']), flow)).toEqual({ nodeId: 'edit' })
    expect(itemSource(new Set(['e1']), flow)).toEqual({ nodeId: 'write', port: 'drafts' })
  })

  it('come from nowhere for several things, none, or one that the run did not have', () => {
    expect(itemSource(new Set(['edit', 'write']), flow)).toBeNull()
    expect(itemSource(new Set(), flow)).toBeNull()
    expect(itemSource(new Set(['new-node']), flow)).toBeNull()
  })
})

describe('failed steps', () => {
  it('are those that will not be tried again, with what went wrong last', () => {
    const failures = [{ attempt: 1, at: at(5), failure, retryAt: null, durationMs: 1 }]
    const view = viewOf(
      stepOf('a', { state: 'failed', failures }),
      stepOf('b', { state: 'waiting', failures }),
      stepOf('c'),
    )
    expect(failedSteps(view)).toEqual([
      { stepId: 'a', nodeId: 'write', label: 'Step a', message: 'No answer', fix: 'Start it', path: null },
    ])
  })
})
