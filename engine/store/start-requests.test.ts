import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunStore, StartRequest } from '#run/interfaces.ts'
import { createRunStore } from './run-store.ts'
import { progress, snapshotOf } from './testing/run-fixtures.ts'
import { BY_ADA, runHarness, type RunHarness } from './testing/run-harness.ts'

let harness: RunHarness
let otherPool: pg.Pool
/** The store of another process. */
let other: RunStore
let made = 0

beforeAll(async () => {
  harness = await runHarness(true)
  otherPool = new pg.Pool({ connectionString: harness.database.url, max: 8, pipeline: true })
  other = createRunStore(otherPool)
})
afterAll(async () => {
  await otherPool.end()
  await harness.close()
})

const create = (store: RunStore, request: StartRequest, organisation = 'acme') => {
  made += 1
  const run = snapshotOf(organisation, `run_${made}`)
  return store.createRun(run, { status: 'running', progress: progress() }, { ...BY_ADA, request })
}
const runsOf = (key: string) =>
  harness.rows<{ run_id: string; runs: number }>(
    `SELECT run_id, (SELECT count(*)::int FROM runs) AS runs FROM start_requests WHERE key = $1`,
    key,
  )
const countRuns = async () =>
  (await harness.rows<{ n: number }>('SELECT count(*)::int AS n FROM runs'))[0]?.n ?? 0
const age = (key: string, hours: number) =>
  harness.rows(
    `UPDATE start_requests SET created_at = now() - make_interval(hours => $2) WHERE key = $1`,
    key,
    hours,
  )

describe('a request under a key', () => {
  test('creates one run however many processes send it at once, and all are told that one', async () => {
    const before = await countRuns()
    const request = { key: 'at-once', hash: 'h' }
    const ids = await Promise.all(
      Array.from({ length: 16 }, (_, index) => create(index % 2 === 0 ? harness.store : other, request)),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await countRuns()).toBe(before + 1)
    expect(await runsOf('at-once')).toMatchObject([{ run_id: ids[0] }])
    expect(await other.startedBefore('acme', request)).toBe(ids[0])
  })

  test('waits for one that is being committed, and starts its own where that one is rolled back', async () => {
    const request = { key: 'in-doubt', hash: 'h' }
    const first = await create(harness.store, { key: 'elsewhere', hash: 'h' })
    const insert = `INSERT INTO start_requests (organisation_id, key, hash, run_id) VALUES ('acme', 'in-doubt', 'h', $1)`
    let second: Promise<string> | undefined
    await harness.holding(insert, [first], async () => {
      second = create(other, request)
      for (let waiting = 0; waiting === 0;) {
        const sql = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`
        waiting = (await harness.rows<{ n: number }>(sql))[0]?.n ?? 0
      }
    })
    expect(await second).not.toBe(first)
    expect(await runsOf('in-doubt')).toMatchObject([{ run_id: await second }])
  })

  test('is refused where the key came with something else, and nothing is written', async () => {
    const first = await create(harness.store, { key: 'taken', hash: 'one' })
    const before = await countRuns()
    const refusal = { failure: { code: 'conflict.idempotency_key', facts: { runId: first } } }
    await expect(create(other, { key: 'taken', hash: 'two' })).rejects.toMatchObject(refusal)
    await expect(other.startedBefore('acme', { key: 'taken', hash: 'two' })).rejects.toMatchObject(refusal)
    expect(await countRuns()).toBe(before)
  })

  test('is another organisation’s own, whatever the key', async () => {
    const request = { key: 'shared', hash: 'h' }
    const ours = await create(harness.store, request)
    expect(await harness.store.startedBefore('rival', request)).toBeNull()
    expect(await create(harness.store, request, 'rival')).not.toBe(ours)
  })

  test('is free again after a day, and not an hour before', async () => {
    const request = { key: 'old', hash: 'one' }
    const first = await create(harness.store, request)
    await age('old', 23)
    expect(await create(other, request)).toBe(first)
    await age('old', 25)
    expect(await other.startedBefore('acme', request)).toBeNull()
    const second = await create(other, { key: 'old', hash: 'two' })
    expect(second).not.toBe(first)
    expect(await runsOf('old')).toMatchObject([{ run_id: second }])
  })
})

test('keys of every organisation are forgotten after a day, so many at a time, and those of today stay', async () => {
  await harness.rows('DELETE FROM start_requests')
  for (const key of ['a', 'b', 'c', 'today']) await create(harness.store, { key, hash: 'h' })
  await create(harness.store, { key: 'd', hash: 'h' }, 'rival')
  await harness.rows(
    `UPDATE start_requests SET created_at = now() - interval '25 hours' WHERE key <> 'today'`,
  )
  expect([await other.forgetRequests(3), await other.forgetRequests(3)]).toEqual([3, 1])
  expect(await harness.rows('SELECT key FROM start_requests')).toEqual([{ key: 'today' }])
})
