/**
 * One Postgres for all test processes of this machine, kept in a folder of the user's temporary directory: they share
 * it as processes on one data folder do, and the last one to close stops it. TEST_DATABASE_URL names another server.
 */
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate, readMigrations } from '../migrate.ts'
import { openDatabase, type Database } from '../open-database.ts'
import { contentHash } from '../content-hash.ts'

/** Test data may be lost when the machine stops. */
const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' }

/** Any number; all test processes take turns under it. */
const TURN = 5_417_203

export function openTestServer(): Promise<Database> {
  return openDatabase({
    dataDir: join(tmpdir(), `pressroom-test-${userInfo().username}`),
    databaseUrl: process.env['TEST_DATABASE_URL'],
    mode: 'join',
    settings: FAST,
  })
}

export function urlOf(server: Database, database: string): string {
  const url = new URL(server.adminUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs `work` while no other test process does; copying a template asks that nobody else is connected to it. */
export function takingTurns<T>(server: Database, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return asAdmin(server.adminUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TURN])
    return work(client)
  })
}

/** The name of a migrated database to copy; made once per state of the migrations. */
export async function migratedTemplate(server: Database, client: pg.Client): Promise<string> {
  const name = `template_${contentHash(await readMigrations()).slice(0, 16)}`
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (rowCount) return name
  await client.query(`DROP DATABASE IF EXISTS ${name}_new WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${name}_new`)
  await migrate(urlOf(server, `${name}_new`))
  await client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`)
  return name
}
