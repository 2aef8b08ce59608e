import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { createRunStore } from './run-store.ts'
import { callOf, commit, stepOf, writing } from './testing/run-fixtures.ts'
import { runHarness, type RunHarness } from './testing/run-harness.ts'

let harness: RunHarness

beforeAll(async () => void (harness = await runHarness(true)))
afterAll(() => harness.close())

test("what two processes' calls use is counted in the commits that record them, and found before the next call", async () => {
  const { store, started, rows } = harness
  const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
  const other = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
  const foreign = await started((own) => ({ newSteps: [stepOf(own, 'a')] }), 'rival')
  await rows("INSERT INTO budgets (organisation_id, calls) VALUES ('acme', 5)")
  const pool = new pg.Pool({ connectionString: harness.database.url, max: 4, pipeline: true })
  const second = createRunStore(pool)
  const calls = (of: typeof run, ...keys: string[]) =>
    writing(of, { calls: keys.map((key) => callOf(stepOf(of, 'a'), key)) })
  await Promise.all([
    commit(store, calls(run, 'k1', 'k2')),
    commit(second, calls(other, 'k1')),
    commit(second, calls(foreign, 'k1')),
  ])
  await pool.end()
  const at = { organisationId: 'acme', runId: run.id, stepId: `${run.id}-a` }
  expect((await store.findCall(at, 'k9')).month).toEqual({
    allowed: { calls: 5, tokens: null, costMicros: null },
    used: { calls: 3, tokens: 21, costMicros: 15 },
  })
  const elsewhere = { organisationId: 'rival', runId: foreign.id, stepId: `${foreign.id}-a` }
  expect((await store.findCall(elsewhere, 'k9')).month).toBeNull()
})

test('what was used in an earlier month does not count in this one', async () => {
  const { store, started, rows } = harness
  const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }), 'rival')
  await rows("INSERT INTO budgets (organisation_id, tokens) VALUES ('rival', 100)")
  await rows("UPDATE model_usage SET month = '2000-01-01' WHERE organisation_id = 'rival'")
  const at = { organisationId: 'rival', runId: run.id, stepId: `${run.id}-a` }
  expect((await store.findCall(at, 'k')).month?.used).toEqual({ calls: 0, tokens: 0, costMicros: 0 })
})
