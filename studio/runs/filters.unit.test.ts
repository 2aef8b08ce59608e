import { expect, test } from 'vitest'
import { NO_USAGE, RUN_STATUSES, type RunStatus, type RunSummary } from '#graph'
import { FILTERS, filtered, merged } from './filters.ts'

const run = (id: string, status: RunStatus, createdAt = '2026-01-01T00:00:00Z'): RunSummary => ({
  id,
  flowId: null,
  flowName: 'Swarm',
  status,
  topic: null,
  createdAt,
  finishedAt: null,
  plannedSteps: 0,
  finishedSteps: 0,
  drafts: 0,
  usage: NO_USAGE,
  retryOf: null,
  rerunOf: null,
  childOf: null,
})

test('every state of a run is found under exactly one filter besides "All"', () => {
  for (const status of RUN_STATUSES) {
    const found = FILTERS.filter(({ key }) => filtered([run('a', status)], key).length === 1)
    expect(found.map(({ key }) => key)).toHaveLength(2)
    expect(found[0]?.key).toBe('all')
  }
})

test('fresh runs replace what was known of them and the rest stays, newest first', () => {
  const known = [run('b', 'running', '2026-01-02'), run('a', 'succeeded', '2026-01-01')]
  const fresh = [run('c', 'queued', '2026-01-03'), run('b', 'succeeded', '2026-01-02')]
  expect(merged(known, fresh).map(({ id, status }) => [id, status])).toEqual([
    ['c', 'queued'],
    ['b', 'succeeded'],
    ['a', 'succeeded'],
  ])
})
