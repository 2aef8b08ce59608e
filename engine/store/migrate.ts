/**
 * Applies `prisma/migrations` with plain SQL and keeps Prisma's own ledger, so that starting Pressroom needs no Prisma
 * engine and a person with Prisma's command line can go on from the same state. Takes the lock that Prisma takes.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { PressroomError } from '#graph'
import { letAppRoleIn } from './app-role.ts'

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url))

/** The number that `prisma migrate` locks; two migrators of either kind exclude each other. */
const PRISMA_LOCK = 72_707_369

const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

export interface Migration {
  name: string
  sql: string
  checksum: string
}

export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(`${folder}/${name}/migration.sql`, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the database of `adminUrl` up to date and lets the application's role in. Returns the names of the
 * migrations it applied; safe to call from many processes at once.
 */
export async function migrate(adminUrl: string, folder = MIGRATIONS_FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'pressroom migrate' })
  await client.connect().catch((cause: unknown) => {
    throw unreachable(cause)
  })
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
    await client.query('SET client_min_messages = warning')
    await client.query(LEDGER)
    const pending = await pendingMigrations(client, migrations)
    for (const migration of pending) await apply(client, migration)
    await letAppRoleIn(client, adminUrl)
    return pending.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

async function pendingMigrations(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const { rows: ledger } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  )
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of ledger) {
    const file = known.get(row.name)
    if (!row.finished) {
      throw new PressroomError({
        code: 'database.migration_unfinished',
        message: `Migration ${row.name} was started by another tool and did not finish.`,
        fix: 'Repair it with "prisma migrate resolve", or restore the database from a backup, then start again.',
        facts: { migration: row.name },
      })
    }
    if (!file) {
      throw new PressroomError({
        code: 'database.newer',
        message: `The database holds migration ${row.name}, which this version of Pressroom does not know.`,
        fix: 'Start the version of Pressroom that last used this database, or a newer one.',
        facts: { migration: row.name },
      })
    }
    if (file.checksum !== row.checksum) {
      throw new PressroomError({
        code: 'database.migration_edited',
        message: `prisma/migrations/${row.name}/migration.sql was changed after it had been applied to this database.`,
        fix: 'Put the file back as it was (from version control) and write the change as a new migration.',
        facts: { migration: row.name, applied: row.checksum, found: file.checksum },
      })
    }
  }
  const applied = new Set(ledger.map((row) => row.name))
  return migrations.filter((migration) => !applied.has(migration.name))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(migration.sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    throw refused(migration, cause)
  }
}

function refused(migration: Migration, cause: unknown): PressroomError {
  const database = cause instanceof pg.DatabaseError ? cause : null
  const insufficient = database?.code === '42501'
  return new PressroomError(
    {
      code: 'database.migration_failed',
      message: `Migration ${migration.name} failed and was rolled back: ${database?.message ?? String(cause)}`,
      fix: insufficient
        ? 'Use a DATABASE_URL whose user owns the database and may create roles (ALTER ROLE ... CREATEROLE), and start again.'
        : 'Nothing was changed. Look at the cause, put it right and start again.',
      facts: {
        migration: migration.name,
        sqlState: database?.code ?? null,
        position: database?.position ?? null,
      },
    },
    cause,
  )
}

export function unreachable(cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'database.unreachable',
      message: `The database does not let Pressroom in: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Check that Postgres runs and that user, password, host and database name in DATABASE_URL are right.',
      retryable: true,
    },
    cause,
  )
}
