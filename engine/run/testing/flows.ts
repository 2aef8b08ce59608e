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
  }
}
