import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations } from 'bullmq'
import type { BackendFactory, PgQueryable, PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq'
import pg from 'pg'
import type { At, Queue } from '#run/interfaces.ts'
import { createBullQueue, unreachable } from './bull-queue.ts'
import type { QueueLog } from './bull-queue.ts'

const MAX_BLOCK_SECONDS = 1
const CONNECT_MS = 5_000

export async function createPostgresQueue(url: string, name: string, log: QueueLog, at: At): Promise<Queue> {
  try {
    await migrate(url, log)
  } catch (error) {
    throw unreachable('Postgres', error)
  }
  const connection = { connectionString: url, schema: DEFAULT_SCHEMA, connectionTimeoutMillis: CONNECT_MS }
  return createBullQueue(name, boundedBackend, { producer: connection, consumer: connection }, log, at)
}

/**
 * With a delayed hint in the queue BullMQ blocks until that hint is due, an hour at most, and relies on NOTIFY alone
 * for everything before it. One second bounds what a lost notification costs.
 */
const boundedBackend: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (
  name,
  options,
  kind,
) => {
  const backend = createPostgresBackend(name, options, kind)
  Object.defineProperty(backend, 'maximumBlockTimeout', { value: MAX_BLOCK_SECONDS })
  return backend
}

/**
 * BullMQ's own migrations, as the application's role. It owns the schema but may not create one, and Postgres refuses
 * even CREATE SCHEMA IF NOT EXISTS without that right, so this statement is left out where the schema is there.
 */
async function migrate(url: string, log: QueueLog): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  client.on('error', (error) => log.warn({ err: error }, 'queue migration lost its connection'))
  await client.connect()
  try {
    const found = await client.query<{ present: boolean }>(
      'SELECT to_regnamespace($1) IS NOT NULL AS present',
      [DEFAULT_SCHEMA],
    )
    const present = found.rows[0]?.present === true
    const session: PgQueryable = {
      query: async <R>(text: string, values?: readonly unknown[]) =>
        present && text.startsWith('CREATE SCHEMA IF NOT EXISTS')
          ? { rows: [] }
          : client.query<R & pg.QueryResultRow>(text, values && [...values]),
    }
    await runMigrations(session, DEFAULT_SCHEMA)
  } finally {
    await client.end()
  }
}
