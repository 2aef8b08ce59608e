import { expect, test } from 'vitest'
import type { Failure } from '#graph'
import { located } from './located.ts'
import { compiledRun } from './run-cache.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { look } from './transitions.ts'

const failure = (code: string, facts: Failure['facts']): Failure => {
  return { code, message: '', fix: '', retryable: false, facts }
}

test('a failure names the field of the node that it is about, and no field where it is about none', () => {
  const snapshot = testSnapshot(flowOf(['agents'], ['a', 'b']))
  const compiled = compiledRun({ ...snapshot, flow: flowOf(['source', 'agents'], ['a', 'b']) })
  const run = new SimulatedRun(testSnapshot(flowOf(['source'])))
  run.write(look(run.locked(), run.compiled, 'w', 1).writes)
  const [step] = run.inState('running')
  if (!step) throw new Error('nothing runs')
  const second = { ...step, nodeId: 'n1', entry: 1, path: 'x#b' }
  const pathOf = (code: string, facts: Failure['facts'] = {}) =>
    located(failure(code, facts), compiled, second).facts['path']
  expect(pathOf('template.failed', { field: 'parts[1].title' })).toBe('parts.1.title')
  expect(pathOf('config.invalid', { issues: [{ path: 'agents.0', message: '' }] })).toBe('agents.0')
  expect(pathOf('catalog.missing', { path: 'agents.1.agent' })).toBe('agents.1.agent')
  expect(pathOf('model.unknown')).toBe('agents.1.model')
  expect(pathOf('model.reply_invalid', { path: 'place.in.the.reply' })).toBeUndefined()
  expect(pathOf('node.failed')).toBeUndefined()
  expect(located(failure('node.failed', {}), compiled, second).facts).toEqual({
    nodeId: 'n1',
    item: 'x#b',
    step: second.label,
  })
})
