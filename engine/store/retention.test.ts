import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Retention, RunSnapshot } from '#run/interfaces.ts'
import { createRetention } from './retention.ts'
import { stepOf } from './testing/run-fixtures.ts'
import { type RunHarness, runHarness, said } from './testing/run-harness.ts'

const DAYS = 30
const always = () => true

let harness: RunHarness
let pool: pg.Pool
let retention: Retention
beforeAll(async () => {
  harness = await runHarness(false)
  pool = new pg.Pool({ connectionString: harness.database.url, max: 2 })
  retention = createRetention(pool)
})
afterAll(async () => {
  await pool.end()
  await harness.close()
})
beforeEach(async () => {
  await harness.rows('DELETE FROM runs')
  await keeps('acme', null, null)
  await keeps('rival', null, null)
})

const keeps = (organisation: string, runDays: number | null, eventDays: number | null) =>
  harness.rows(
    'UPDATE organisations SET retention_run_days = $2, retention_event_days = $3 WHERE id = $1',
    organisation,
    runDays,
    eventDays,
  )

/** A run with events, of which the last one is its end, that many days ago. */
async function ended(daysAgo: number, organisation = 'acme'): Promise<RunSnapshot> {
  const first = (own: RunSnapshot) => ({
    newSteps: [stepOf(own, 'a')],
    events: [said('one'), said('two'), said('end')],
  })
  const run = await harness.started(first, organisation)
  await harness.rows(
    `UPDATE runs SET status = 'succeeded', finished_at = clock_timestamp() - make_interval(days => $2) WHERE id = $1`,
    run.id,
    daysAgo,
  )
  await harness.rows(
    `INSERT INTO model_calls (id, organisation_id, run_id, step_id, key, purpose, model, provider, request, text,
       input_tokens, output_tokens, cost_micros, duration_ms)
     SELECT id || 'call', organisation_id, run_id, id, 'key', 'draft', 'm', 'p', '{}', 'text', 1, 1, 0, 1
     FROM steps WHERE run_id = $1`,
    run.id,
  )
  return run
}

const kept = async () =>
  (await harness.rows<{ id: string }>('SELECT id FROM runs ORDER BY id')).map(({ id }) => id)

test('deletes whole runs that ended longer ago than their organisation keeps them, and no other', async () => {
  const old = []
  for (let count = 0; count < 45; count++) old.push(await ended(DAYS + 1))
  const young = await ended(DAYS - 1)
  const going = await harness.started()
  await harness.rows(`UPDATE runs SET created_at = created_at - interval '1 year' WHERE id = $1`, going.id)
  const foreign = await ended(DAYS + 1, 'rival')
  expect(await retention.sweep(always)).toEqual({ runs: 0, logs: 0 })

  await keeps('acme', DAYS, null)
  expect(await retention.sweep(always)).toEqual({ runs: old.length, logs: 0 })
  expect(await kept()).toEqual([young.id, going.id, foreign.id].sort())
  const left = await harness.rows(
    'SELECT run_id FROM steps UNION SELECT run_id FROM run_events UNION SELECT run_id FROM model_calls ORDER BY 1',
  )
  expect(left).toEqual([young.id, foreign.id].sort().map((id) => ({ run_id: id })))
})

test('deletes the log of a run and keeps its results, and the event that says that it has ended as the first of a log without gaps', async () => {
  const run = await ended(DAYS + 1)
  await keeps('acme', null, DAYS)
  expect(await retention.sweep(always)).toEqual({ runs: 0, logs: 1 })
  const events = await harness.rows('SELECT seq, body FROM run_events WHERE run_id = $1', run.id)
  expect(events).toEqual([{ seq: 1, body: said('end') }])
  expect(await harness.rows('SELECT last_seq FROM runs')).toEqual([{ last_seq: 1 }])
  expect(await harness.rows('SELECT 1 FROM model_calls')).toEqual([])
  expect(await harness.rows('SELECT id FROM steps WHERE run_id = $1', run.id)).toHaveLength(1)
  expect(await retention.sweep(always)).toEqual({ runs: 0, logs: 0 })
})

test('passes over a run that somebody holds, and waits for nobody', async () => {
  const [held, free] = [await ended(DAYS + 1), await ended(DAYS + 1)]
  await keeps('acme', DAYS, null)
  await harness.holding('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [held.id], async () => {
    expect(await retention.sweep(always)).toEqual({ runs: 1, logs: 0 })
    expect(await kept()).toEqual([held.id])
  })
  expect(free.id).not.toBe(held.id)
  expect(await retention.sweep(always)).toEqual({ runs: 1, logs: 0 })
})

test('deletes nothing while another process does', async () => {
  const run = await ended(DAYS + 1)
  await keeps('acme', DAYS, null)
  await harness.holding('SELECT pg_advisory_xact_lock($1)', [7_307_008], async () => {
    expect(await retention.sweep(always)).toEqual({ runs: 0, logs: 0 })
    expect(await kept()).toEqual([run.id])
  })
})

test('stops after the batch in hand when its worker is stopped', async () => {
  for (let count = 0; count < 25; count++) await ended(DAYS + 1)
  await keeps('acme', DAYS, null)
  let asked = 0
  expect(await retention.sweep(() => asked++ === 0)).toEqual({ runs: 20, logs: 0 })
  expect(await kept()).toHaveLength(5)
})
