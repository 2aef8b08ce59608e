import { expect, test } from 'vitest'
import type { ChildSummary } from '#graph'
import { childGroups } from './child-groups.ts'

const failure = { code: 'input.invalid', message: 'No.', fix: '', retryable: false, facts: {} }
const child = (stepId: string, place: number, facts: Partial<ChildSummary>): ChildSummary => ({
  stepId,
  nodeId: 'map',
  label: `Posts ${stepId}`,
  place,
  about: `Entry ${place}`,
  runId: `run_${stepId}_${place}`,
  flowName: 'Post',
  status: 'running',
  failure: null,
  ended: false,
  ...facts,
})

test('runs are told by their step, with how many have ended and how many came to nothing', () => {
  const groups = childGroups([
    child('a', 0, { status: 'succeeded', ended: true }),
    child('a', 1, { status: 'failed', ended: true, failure }),
    child('a', 2, { status: null, runId: null, ended: true, failure }),
    child('a', 3, {}),
    child('b', 0, { status: null, runId: null }),
  ])
  expect(groups).toMatchObject([
    { key: 'a', label: 'Posts a', items: [{}, {}, {}, {}], ended: 3, failed: 2 },
    { key: 'b', label: 'Posts b', items: [{}], ended: 0, failed: 0 },
  ])
})
