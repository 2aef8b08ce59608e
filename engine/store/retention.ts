/**
 * Deletes what organisations no longer keep: whole runs, and earlier the logs of runs (events, prompts and replies).
 *
 * Boundary: knows the tables of runs; when it is called is the worker's business.
 * Few runs at a time, each batch a transaction of its own, so that nobody waits long for it and a kill loses a batch at
 * most. Runs that somebody holds are passed over. Ages are those of the database's clock.
 */
import type { Pool, PoolClient } from 'pg'
import type { Retention } from '#run/interfaces.ts'
import { COMMIT, begin, together, withConnection } from './run-store-connection.ts'

/** Any number; whoever deletes does so under it, in one process at a time. */
const TURN = 7_307_008
const BATCH = 20

const old = (more: string) => `
  SELECT id FROM runs WHERE finished_at < clock_timestamp() - make_interval(days => $1) ${more}
  ORDER BY finished_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`

/** What is deleted, of which runs, and how, one statement after the other. */
interface Kind {
  choose: string
  remove: string[]
}

const RUNS: Kind = { choose: old(''), remove: ['DELETE FROM runs WHERE id = ANY ($1)'] }

// The last event becomes the first: the log still has no gap, and whoever follows the run hears that it has ended.
const LOGS: Kind = {
  choose: old('AND log_removed_at IS NULL'),
  remove: [
    'DELETE FROM model_calls WHERE run_id = ANY ($1)',
    'DELETE FROM run_events AS e USING runs AS r WHERE r.id = ANY ($1) AND e.run_id = r.id AND e.seq < r.last_seq',
    `WITH last AS (DELETE FROM run_events WHERE run_id = ANY ($1) AND seq > 1 RETURNING *)
     INSERT INTO run_events (organisation_id, run_id, seq, at, body)
     SELECT organisation_id, run_id, 1, at, body FROM last`,
    'UPDATE runs SET last_seq = least(last_seq, 1), log_removed_at = clock_timestamp() WHERE id = ANY ($1)',
  ],
}

interface Rule {
  organisation_id: string
  run_days: number | null
  event_days: number | null
}

export function createRetention(pool: Pool): Retention {
  return {
    async sweep(mayGoOn) {
      const rules = await withConnection(pool, async (client) => {
        return (await client.query<Rule>('SELECT * FROM system_retention()')).rows
      })
      const removed = { runs: 0, logs: 0 }
      for (const { organisation_id: organisationId, run_days: runDays, event_days: eventDays } of rules) {
        if (runDays !== null) removed.runs += await all(pool, organisationId, RUNS, runDays, mayGoOn)
        if (eventDays !== null) removed.logs += await all(pool, organisationId, LOGS, eventDays, mayGoOn)
      }
      return removed
    },
  }
}

async function all(
  pool: Pool,
  organisationId: string,
  kind: Kind,
  days: number,
  mayGoOn: () => boolean,
): Promise<number> {
  let removed = 0
  for (let batch = BATCH; batch === BATCH && mayGoOn(); removed += batch) {
    batch = await withConnection(pool, (client) => removeBatch(client, organisationId, kind, days))
  }
  return removed
}

async function removeBatch(
  client: PoolClient,
  organisationId: string,
  kind: Kind,
  days: number,
): Promise<number> {
  const [, turn] = await together(client, [
    begin(organisationId),
    { text: 'SELECT pg_try_advisory_xact_lock($1) AS mine', values: [TURN] },
  ])
  const { mine } = turn.rows[0] as { mine: boolean }
  const chosen = mine ? (await client.query<{ id: string }>(kind.choose, [days])).rows : []
  const ids = chosen.map(({ id }) => id)
  if (ids.length > 0)
    await together(
      client,
      kind.remove.map((text) => ({ text, values: [ids] })),
    )
  await client.query(COMMIT)
  return ids.length
}
