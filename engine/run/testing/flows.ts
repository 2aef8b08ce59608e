import { type Flow, compile, plan } from '#graph'
import { TEST_CATALOG, TEST_MANIFESTS } from '../../graph/testing/flows.ts'
import type { RunSnapshot } from '../interfaces.ts'

export function testSnapshot(flow: Flow, id = 'run_test'): RunSnapshot {
  const planned = plan(compile(flow, TEST_MANIFESTS), TEST_CATALOG)
  if ('tooLarge' in planned) throw new Error('the test flow is too large')
  return {
    id,
    organisationId: 'org',
    flow,
    manifests: TEST_MANIFESTS,
    catalog: TEST_CATALOG,
    input: {},
    seed: 1,
    plan: planned,
    trial: null,
    replay: null,
    parent: null,
    edits: [],
  }
}

/** A chain of these node types. */
export function flowOf(types: string[], agents = ['a']): Flow {
  const withAgents = { agents: agents.map((agent) => ({ agent })) }
  return {
    schemaVersion: 1,
    name: 'chain',
    description: '',
    nodes: types.map((type, index) => ({
      id: `n${index}`,
      type,
      version: 1,
      position: { x: 0, y: 0 },
      config: (type === 'agents' ? withAgents : {}) as Flow['nodes'][number]['config'],
    })),
    edges: types.slice(1).map((_, index) => ({
      id: `e${index}`,
      source: { node: `n${index}`, port: 'out' },
      target: { node: `n${index + 1}`, port: 'in' },
    })),
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 1 },
  }
}
