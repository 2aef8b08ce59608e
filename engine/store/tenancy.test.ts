import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, testOrganisation, type TestDatabase } from './testing/database.ts'
import { TENANT_ROWS } from './testing/tenant-rows.ts'

let database: TestDatabase
let admin: pg.Client
let app: pg.Client

async function insert(
  client: pg.Client,
  table: string,
  organisation: string,
  change: Record<string, unknown> = {},
) {
  const row = { ...TENANT_ROWS[table], organisation_id: organisation, ...change }
  const columns = Object.keys(row)
  return client.query(
    `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map((_, index) => `$${index + 1}`).join()})`,
    Object.values(row),
  )
}

/** Runs `work` as the application does for an organisation, then takes it back. */
async function as<T>(organisation: string | null, work: () => Promise<T>): Promise<T> {
  await app.query('BEGIN')
  try {
    if (organisation) await app.query(`SELECT set_config('app.org_id', $1, true)`, [organisation])
    return await work()
  } finally {
    await app.query('ROLLBACK')
  }
}

beforeAll(async () => {
  database = await testDatabase()
  admin = new pg.Client(database.adminUrl)
  app = new pg.Client(database.url)
  await Promise.all([admin.connect(), app.connect()])
  await testOrganisation(database, 'ours')
  await testOrganisation(database, 'theirs')
  await admin.query(`INSERT INTO users (id, name, email) VALUES ('u', 'n', 'n@example.org')`)
  for (const table of Object.keys(TENANT_ROWS)) await insert(admin, table, 'ours')
})

afterAll(async () => {
  await Promise.all([admin.end(), app.end()])
  await database.close()
})

const tablesWithOrganisation = async () => {
  const { rows } = await admin.query<{ name: string; forced: boolean; policies: string[] }>(
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
       ARRAY(SELECT pg_get_expr(polqual, c.oid) || ' / ' || pg_get_expr(polwithcheck, c.oid)
             FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant' AND polcmd = '*' AND polroles = '{0}') AS policies
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  )
  return rows
}

const WRITTEN_ONCE = new Set([
  'audit_log',
  'flow_draft_points',
  'flow_versions',
  'outputs',
  'model_calls',
  'run_events',
  'revisions',
])

describe('row-level security', () => {
  it('is forced, for reading and writing, on every table with an organisation', async () => {
    const expected = `(organisation_id = ( SELECT current_setting('app.org_id'::text, true) AS current_setting))`
    const tables = await tablesWithOrganisation()
    const open = tables.filter((table) => !table.forced || table.policies[0] !== `${expected} / ${expected}`)
    expect(open.map((table) => table.name)).toEqual([])
  })

  it('has a row in this test for every one of those tables', async () => {
    const names = (await tablesWithOrganisation()).map((table) => table.name)
    expect(Object.keys(TENANT_ROWS).sort()).toEqual(names)
  })

  describe.each(Object.keys(TENANT_ROWS))('of %s', (table) => {
    const count = async () => (await app.query(`SELECT FROM ${table}`)).rowCount

    it('shows a row to its organisation, to no other one, and to nobody without one', async () => {
      expect(await as('ours', count)).toBe(1)
      expect(await as('theirs', count)).toBe(0)
      expect(await as(null, count)).toBe(0)
    })

    it('deletes nothing of another organisation', async () => {
      const deleted = await as('theirs', async () =>
        app.query(`DELETE FROM ${table}`).then(
          ({ rowCount }) => rowCount,
          (error: unknown) => String(error),
        ),
      )
      expect(deleted).toEqual(table === 'audit_log' ? 'error: permission denied for table audit_log' : 0)
    })

    it('changes nothing of another organisation', async () => {
      const change = `UPDATE ${table} SET organisation_id = organisation_id`
      const changed = await as('theirs', async () =>
        app.query(change).then(
          ({ rowCount }) => rowCount,
          (error: unknown) => String(error).includes('permission denied') && WRITTEN_ONCE.has(table),
        ),
      )
      expect(changed).toBe(WRITTEN_ONCE.has(table) ? true : 0)
    })

    it('refuses to write a row for another organisation', async () => {
      const write = as('theirs', () => insert(app, table, 'ours'))
      await expect(write).rejects.toThrow(/row-level security/)
    })
  })

  it('can not be switched off, dropped or truncated away by the application', async () => {
    for (const attempt of [
      'ALTER TABLE runs NO FORCE ROW LEVEL SECURITY',
      'ALTER TABLE runs DISABLE ROW LEVEL SECURITY',
      'DROP POLICY tenant ON runs',
      'TRUNCATE runs CASCADE',
      'SET ROLE pressroom_system',
      'ALTER ROLE pressroom_app BYPASSRLS',
    ]) {
      await expect(as('theirs', () => app.query(attempt))).rejects.toThrow(/permission denied|must be owner/)
    }
    await expect(
      as('theirs', async () => {
        await app.query('SET LOCAL row_security = off')
        await app.query('SELECT FROM runs')
      }),
    ).rejects.toThrow(/affected by row-level security/)
  })
})

describe('foreign keys', () => {
  const children = [
    'team_members',
    'api_keys',
    'secrets',
    'sign_on_providers',
    'connections',
    'model_configurations',
    'flow_versions',
    'triggers',
    'trigger_calls',
    'steps',
    'outputs',
    'model_calls',
    'run_events',
    'step_streams',
    'step_waits',
    'drafts',
  ]
  it.each([...children, 'revisions', 'evaluations', 'deliverables'])(
    'refuse a row in %s that belongs to a parent of another organisation, even to the owner of the tables',
    async (table) => {
      const other = {
        id: 'other',
        token_hash: 'other',
        path_hash: 'other',
        seq: 2,
        number: 2,
        call_id: 'other',
        step_id: 'other',
      }
      const own = Object.keys(TENANT_ROWS[table] ?? {})
      const change = Object.fromEntries(Object.entries(other).filter(([column]) => own.includes(column)))
      await expect(insert(admin, table, 'theirs', change)).rejects.toThrow(/foreign key/)
    },
  )

  it('refuse a run of a flow of another organisation', async () => {
    await expect(insert(admin, 'runs', 'theirs', { id: 'r2', flow_id: 'f' })).rejects.toThrow(/foreign key/)
    await expect(insert(admin, 'runs', 'theirs', { id: 'r2', flow_version_id: 'v' })).rejects.toThrow(
      /foreign key/,
    )
  })

  it('keep a run when its flow is deleted', async () => {
    await admin.query('BEGIN')
    await insert(admin, 'runs', 'ours', { id: 'r3', flow_id: 'f', flow_version_id: 'v' })
    await admin.query(`DELETE FROM flows WHERE id = 'f'`)
    const { rows } = await admin.query(
      `SELECT organisation_id, flow_id, flow_version_id FROM runs WHERE id = 'r3'`,
    )
    await admin.query('ROLLBACK')
    expect(rows).toEqual([{ organisation_id: 'ours', flow_id: null, flow_version_id: null }])
  })
})

describe('what was written once', () => {
  it.each(['flow_versions', 'outputs', 'model_calls', 'run_events', 'revisions'])(
    'can not be changed by the application in %s',
    async (table) => {
      const change = as('ours', () => app.query(`UPDATE ${table} SET organisation_id = organisation_id`))
      await expect(change).rejects.toThrow(/permission denied/)
    },
  )

  it('can not be changed in flow_versions by anybody', async () => {
    await expect(admin.query(`UPDATE flow_versions SET message = 'x'`)).rejects.toThrow(/immutable/)
  })
})

describe('the audit log', () => {
  it.each(['UPDATE audit_log SET hash = hash', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'refuses the application and the owner of the tables: %s',
    async (attempt) => {
      await expect(as('ours', () => app.query(attempt))).rejects.toThrow(/permission denied/)
      await expect(admin.query(attempt)).rejects.toThrow(/immutable/)
    },
  )
})

describe('an organisation', () => {
  it('is seen and changed by itself alone', async () => {
    const seen = async () => (await app.query('SELECT id FROM organisations')).rows
    expect(await as('ours', seen)).toEqual([{ id: 'ours' }])
    expect(await as(null, seen)).toEqual([])
    const renamed = await as(
      'theirs',
      async () => (await app.query(`UPDATE organisations SET name = 'x' WHERE id = 'ours'`)).rowCount,
    )
    expect(renamed).toBe(0)
  })
})

describe("the workers' questions", () => {
  it('find steps of every organisation without one being set, and nothing more than where they are', async () => {
    const lost = await as(null, () => app.query('SELECT * FROM system_lost_leases(10)'))
    expect(lost.rows).toEqual([{ organisation_id: 'ours', run_id: 'r', step_id: 's', attempt: 1 }])
  })

  it('renew the leases of the named steps of one worker and of no other', async () => {
    const lostAfterHeartbeatOf = (worker: string, steps: string[]) =>
      as(null, async () => {
        await app.query('SELECT system_heartbeat($1, $2, 60)', [worker, steps])
        return (await app.query('SELECT FROM system_lost_leases(10)')).rowCount
      })
    expect(await lostAfterHeartbeatOf('another', ['s'])).toBe(1)
    expect(await lostAfterHeartbeatOf('w', ['another'])).toBe(1)
    expect(await lostAfterHeartbeatOf('w', ['s'])).toBe(0)
  })

  it('find ready steps that nobody took, taking turns between runs', async () => {
    await admin.query('BEGIN')
    await insert(admin, 'runs', 'theirs', { id: 'r9' })
    const ready = { status: 'ready', lease_owner: null, lease_until: null }
    for (const [id, organisation, run, since] of [
      ['s1', 'ours', 'r', '2000-01-01'],
      ['s2', 'ours', 'r', '2000-01-02'],
      ['s3', 'theirs', 'r9', '2000-01-03'],
      ['s4', 'theirs', 'r9', '2999-01-01'],
    ] as const) {
      await insert(admin, 'steps', organisation, { ...ready, id, run_id: run, not_before: since })
    }
    const { rows } = await admin.query('SELECT step_id FROM system_forgotten_steps(1000, 2)')
    await admin.query('ROLLBACK')
    expect(rows.map((row) => row.step_id)).toEqual(['s1', 's3'])
  })

  it('find the runs to cancel among those asked for', async () => {
    await admin.query('BEGIN')
    await insert(admin, 'runs', 'theirs', { id: 'asked', cancel_requested: true })
    await insert(admin, 'runs', 'theirs', { id: 'ended', cancel_requested: true, status: 'cancelled' })
    const { rows } = await admin.query(`SELECT system_cancelled_runs('{asked,ended,r}') AS id`)
    await admin.query('ROLLBACK')
    expect(rows).toEqual([{ id: 'asked' }])
  })
})
