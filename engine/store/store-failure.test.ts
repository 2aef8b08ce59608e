import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '#graph'
import { createRunStore } from './run-store.ts'
import { said, runHarness, type RunHarness } from './testing/run-harness.ts'
import { writing } from './testing/run-fixtures.ts'

let harness: RunHarness
beforeAll(async () => {
  harness = await runHarness(true)
})
afterAll(() => harness.close())

/** Every event that is written meets this error of Postgres itself. */
async function refusing<T>(sqlState: string, work: () => Promise<T>): Promise<T> {
  await harness.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'as it happens' USING ERRCODE = '${sqlState}'; END $$`)
  await harness.rows(
    'CREATE TRIGGER refuse BEFORE INSERT ON run_events FOR EACH ROW EXECUTE FUNCTION refuse()',
  )
  try {
    return await work()
  } finally {
    await harness.rows('DROP FUNCTION refuse() CASCADE')
  }
}

describe('a commit that the database takes back for a reason of its own', () => {
  test.each([
    { sqlState: '53100', reason: 'disk_full', message: "The database's disk is full." },
    { sqlState: '53200', reason: 'out_of_memory', message: 'The database has run out of memory.' },
    { sqlState: '40P01', reason: 'contention', message: expect.stringContaining('in the way of each other') },
    { sqlState: '40001', reason: 'contention', message: expect.stringContaining('in the way of each other') },
    { sqlState: '25006', reason: 'read_only', message: expect.stringContaining('not written to') },
  ])(
    'says $reason for $sqlState, may be tried again, and then comes through',
    async ({ sqlState, reason, message }) => {
      const run = await harness.started()
      const write = writing(run, { events: [said('hello')] })
      const [refused] = await refusing(sqlState, () => harness.store.transact([write]))
      expect(refused?.status === 'rejected' && failureOf(refused.reason)).toMatchObject({
        code: 'store.unavailable',
        message,
        retryable: true,
        facts: { reason, code: sqlState },
      })
      expect(await harness.store.transact([write])).toMatchObject([{ status: 'fulfilled' }])
      expect(await harness.seqs(run)).toEqual([1])
    },
  )
})

test('a database that takes no more connections says so', async () => {
  const run = await harness.started()
  const name = new URL(harness.database.url).pathname.slice(1)
  await harness.rows(`ALTER DATABASE ${name} CONNECTION LIMIT 0`)
  const pool = new pg.Pool({ connectionString: harness.database.url, max: 1 })
  try {
    const [refused] = await createRunStore(pool).transact([writing(run, {})])
    expect(refused?.status === 'rejected' && failureOf(refused.reason)).toMatchObject({
      code: 'store.unavailable',
      message: 'The database takes no more connections.',
      facts: { reason: 'too_many_connections' },
    })
    await harness.rows(`ALTER DATABASE ${name} CONNECTION LIMIT -1`)
    expect(await createRunStore(pool).transact([writing(run, {})])).toMatchObject([{ status: 'fulfilled' }])
  } finally {
    await pool.end()
  }
})

test('a connection that an administrator ends in the middle of a commit says so, and the next commit has another', async () => {
  const run = await harness.started()
  const pool = new pg.Pool({ connectionString: harness.database.url, max: 1, application_name: 'ended' })
  pool.on('error', () => {})
  const store = createRunStore(pool)
  try {
    const write = writing(run, { events: [said('hello')] })
    const lock = 'SELECT 1 FROM runs WHERE id = $1 FOR UPDATE'
    let results: PromiseSettledResult<void>[] = []
    await harness.holding(lock, [run.id], async () => {
      const waiting = store.transact([write])
      await expect
        .poll(() =>
          harness.rows(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'ended' AND wait_event_type = 'Lock'`,
          ),
        )
        .toHaveLength(1)
      results = await waiting
    })
    const [ended] = results
    expect(ended?.status === 'rejected' && failureOf(ended.reason)).toMatchObject({
      code: 'store.unavailable',
      message: 'Postgres is being stopped or started.',
      facts: { reason: 'shutdown', code: '57P01' },
    })
    expect(await store.transact([write])).toMatchObject([{ status: 'fulfilled' }])
    expect(await harness.seqs(run)).toEqual([1])
  } finally {
    await pool.end()
  }
})
