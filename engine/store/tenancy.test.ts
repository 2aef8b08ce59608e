import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, testOrganisation, type TestDatabase } from './testing/database.ts'

let database: TestDatabase
let admin: pg.Client
let app: pg.Client

const THIS_MONTH = `${new Date().toISOString().slice(0, 7)}-01`

/** Rows of `ours` in every tenant table; parents come before their children. */
const ROWS: Record<string, Record<string, unknown>> = {
  members: { id: 'me', user_id: 'u', role: 'owner' },
  roles: { id: 'ro', name: 'n', permissions: '{}' },
  teams: { id: 't', name: 'n' },
  team_members: { team_id: 't', member_id: 'me' },
  invitations: {
    id: 'i',
    email: 'e',
    role: 'viewer',
    team_ids: '{}',
    token_hash: 'h',
    expires_at: '2999-01-01',
  },
  service_accounts: { id: 'sa', name: 'n', role: 'viewer' },
  api_keys: {
    id: 'k',
    name: 'n',
    token_hash: 'h',
    start: 'prk_',
    service_account_id: 'sa',
    permissions: '{}',
    flow_ids: '{}',
  },
  data_keys: { version: 1, wrapped: '\\x00', wrapped_by: 'm' },
  secrets: { id: 'se', name: 'n', key_version: 1, sealed: '\\x00' },
  sign_on_providers: {
    id: 'so',
    name: 'n',
    issuer: 'i',
    client_id: 'c',
    secret_id: 'se',
    domains: '{}',
    default_role: 'viewer',
  },
  connections: {
    id: 'co',
    kind: 'ollama',
    name: 'n',
    base_url: 'u',
    secret_id: 'se',
    settings: '{}',
    destination: 'internal',
  },
  model_prices: { pattern: '*', input_micros: 1, output_micros: 1 },
  audit_log: { seq: 1, at: '2000-01-01', entry: '{}', hash: 'h' },
  content_types: { slug: 'c', name: 'n', description: '', system_context: '', form: '[]' },
  agents: { slug: 'a', role: 'writer', name: 'n', description: '', system_prompt: '' },
  model_configurations: {
    id: 'm',
    provider: 'sample',
    model: 'm',
    label: 'l',
    local: true,
    connection_id: 'co',
  },
  flows: { id: 'f', slug: 's', name: 'n', description: '', draft: '{}' },
  flow_versions: { id: 'v', flow_id: 'f', number: 1, content_hash: 'h', document: '{}' },
  flow_drafts: { flow_id: 'f', state: '\\x00' },
  flow_draft_points: { flow_id: 'f', number: 1, at: '2000-01-01', document: '{}' },
  triggers: { id: 'tr', flow_id: 'f', kind: 'webhook', name: 'n', settings: '{}', path_hash: 'h' },
  trigger_calls: { id: 'ca', trigger_id: 'tr', key: 'k', status: 'accepted' },
  runs: { id: 'r', flow_name: 'n', status: 'running', seed: 1, input: '{}', snapshot: '{}', progress: '{}' },
  start_requests: { key: 'k', hash: 'h', run_id: 'r' },
  steps: {
    id: 's',
    run_id: 'r',
    node_id: 'n',
    path: '',
    ordinal: '{}',
    label: '',
    status: 'running',
    attempt: 1,
    lease_owner: 'w',
    lease_until: '2000-01-01',
  },
  outputs: {
    id: 'o',
    run_id: 'r',
    step_id: 's',
    node_id: 'n',
    port: 'p',
    port_type: 'text',
    path: '',
    ordinal: '{}',
    label: '',
    value: '1',
  },
  step_waits: { run_id: 'r', step_id: 's', attempt: 1, kind: 'callback', spec: '{}', token_hash: 'h' },
  // Counting the call below adds to this row.
  model_usage: { month: THIS_MONTH, model: 'm', calls: 1, tokens: 1, cost_micros: 1 },
  approvals: { id: 'ap', run_id: 'r', step_id: 's', attempt: 1, content: '1', content_hash: 'h' },
  child_runs: {
    parent_run_id: 'r',
    step_id: 's',
    attempt: 1,
    place: 0,
    run_id: 'c',
    parallel: 1,
    detached: false,
  },
  approval_decisions: {
    id: 'ad',
    approval_id: 'ap',
    step_id: 's',
    round: 1,
    user_id: 'u',
    user_name: 'n',
    verdict: 'approved',
    notes: '',
    content_hash: 'h',
  },
  notice_channels: { kind: 'webhook', settings: '{}' },
  notices: { id: 'no', kind: 'webhook', approval_id: 'ap' },
  model_calls: {
    id: 'mc',
    run_id: 'r',
    step_id: 's',
    key: 'k',
    purpose: '',
    model: 'm',
    provider: 'sample',
    request: '{}',
    text: '',
    input_tokens: 0,
    output_tokens: 0,
    cost_micros: 0,
    duration_ms: 0,
  },
  budgets: { calls: 1 },
  slot_limits: { resource: 'calls', most: 1 },
  run_events: { run_id: 'r', seq: 1, body: '{}' },
  step_streams: { run_id: 'r', step_id: 's', call_id: 'c', purpose: '', text: '' },
  drafts: { id: 'd', run_id: 'r', output_id: 'o', writer: 'w', model: 'm', status: 'written', ordinal: '{}' },
  revisions: {
    run_id: 'r',
    draft_id: 'd',
    number: 1,
    text: '',
    author: '{}',
    notes: '[]',
    input_tokens: 0,
    output_tokens: 0,
    cost_micros: 0,
  },
  evaluations: {
    id: 'e',
    run_id: 'r',
    draft_id: 'd',
    evaluator: 'q',
    stage: 'initial',
    criteria: '[]',
    score: 1,
    reason: '',
    model: 'm',
    ordinal: '{}',
  },
  deliverables: { id: 'dl', run_id: 'r', title: '', content_type: 'c', versions: '[]' },
}

async function insert(
  client: pg.Client,
  table: string,
  organisation: string,
  change: Record<string, unknown> = {},
) {
  const row = { ...ROWS[table], organisation_id: organisation, ...change }
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
  for (const table of Object.keys(ROWS)) await insert(admin, table, 'ours')
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
    expect(Object.keys(ROWS).sort()).toEqual(names)
  })

  describe.each(Object.keys(ROWS))('of %s', (table) => {
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
      const own = Object.keys(ROWS[table] ?? {})
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
