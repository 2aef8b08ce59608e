import { expect, test } from 'vitest'
import { type Budget, NO_USAGE } from '#graph'
import { Committer } from '../committer.ts'
import type { CallContext } from '../interfaces.ts'
import { createJournal } from '../journal.ts'
import { RunCache } from '../run-cache.ts'
import { finish } from '../step-end.ts'
import { flowOf, testSnapshot } from '../testing/flows.ts'
import { SimulatedRun } from '../testing/simulated-run.ts'
import { SimulatedStore } from '../testing/simulated-store.ts'
import { failed } from '../testing/steps.ts'
import { look } from '../transitions.ts'
import { spent } from './run-budget.ts'

const CALL = { calls: 1, inputTokens: 30, outputTokens: 20, costMicros: 400 }

/** A run with this budget whose first step runs and makes calls. */
function calling(budget: Budget) {
  const flow = flowOf(['source', 'each'])
  const run = new SimulatedRun(testSnapshot({ ...flow, limits: { ...flow.limits, budget } }))
  run.write(look(run.locked(), run.compiled, 'w', 1).writes)
  const [step] = run.inState('running')
  if (!step) throw new Error('nothing runs')
  const store = new SimulatedStore(run)
  const clock = { now: () => 0, after: () => () => {} }
  const journal = createJournal(
    { findCall: store.findCall, appendStream: async () => {} },
    new Committer(store),
    new RunCache(store),
    'w',
    clock,
    () => {},
  )
  const { catalog } = run.compiled.snapshot
  const context: CallContext = {
    organisationId: 'org',
    runId: 'run_test',
    step: { ...step, stepId: step.id },
    seed: 1,
    catalog,
    maxCalls: 9,
    failedAttempts: 0,
    signal: new AbortController().signal,
  }
  let calls = 0
  const call = async () => {
    calls += 1
    const key = `k${calls}`
    await journal.find(context, key)
    const about = { purpose: 'Write', model: 'm', provider: 'p', request: null, text: 't', data: null }
    await journal.record(context, { id: key, stepId: step.id, key, ...about, usage: CALL, durationMs: 1 })
  }
  return { run, store, step, call }
}

test.each([
  [{ calls: 2 }, 'limit.budget_calls'],
  [{ tokens: 100 }, 'limit.budget_tokens'],
  [{ costMicros: 800 }, 'limit.budget_cost'],
])('a run whose budget of %o is used up makes no further call and fails for it', async (budget, code) => {
  const { run, step, call } = calling({ ...budget, warnPercent: 80 })
  await call()
  await call()
  await expect(call()).rejects.toMatchObject({ failure: { code, retryable: false } })
  expect(run.progress.usage.calls).toBe(2)
  const holder = { worker: 'w', stepId: step.id, attempt: step.attempt }
  run.write(finish(run.locked(step.id), run.compiled, holder, failed(false), 1).writes)
  expect(run.status).toBe('failed')
  expect(run.events.at(-1)).toMatchObject({ type: 'run.finished', status: 'failed', failure: { code } })
})

test('the log says once that the stated share of a budget is used', async () => {
  const { run, call } = calling({ calls: 4, warnPercent: 50 })
  const warnings = () => run.events.filter(({ type }) => type === 'run.budget')
  await call()
  expect(warnings()).toEqual([])
  await call()
  await call()
  expect(warnings()).toEqual([{ type: 'run.budget', measure: 'calls', used: 2, allowed: 4 }])
})

test('a run without a budget is not held back', () => {
  expect(spent(undefined, { ...NO_USAGE, calls: 1_000_000 })).toBeNull()
})

test('an organisation that has used up its month makes no further call, and whoever reads it knows who can help', async () => {
  const { run, store, call } = calling({ warnPercent: 80 })
  store.month = {
    allowed: { calls: null, tokens: 500, costMicros: null },
    used: { calls: 9, tokens: 500, costMicros: 0 },
  }
  await expect(call()).rejects.toMatchObject({
    failure: { code: 'limit.budget_tokens_month', fix: expect.stringContaining('admin') },
  })
  expect(run.progress.usage.calls).toBe(0)
  store.month.used.tokens = 499
  await call()
  expect(run.progress.usage.calls).toBe(1)
})
