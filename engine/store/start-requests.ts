/** Requests to start a run, each remembered for a day under the key of who sent it. */
import type { Pool, PoolClient } from 'pg'
import { PressroomError } from '#graph'
import type { StartRequest } from '#run/interfaces.ts'
import { acrossOrganisations, queryIn } from './run-store-connection.ts'

const KEPT_SECONDS = 24 * 60 * 60
const OVER = `created_at <= clock_timestamp() - make_interval(secs => ${KEPT_SECONDS})`

// Of two at once one waits here for the commit of the other. A key whose time is over is free again.
const INSERT = `
  INSERT INTO start_requests AS s (organisation_id, key, hash, run_id) VALUES ($1, $2, $3, $4)
  ON CONFLICT (organisation_id, key) DO UPDATE
    SET hash = excluded.hash, run_id = excluded.run_id, created_at = clock_timestamp()
    WHERE s.${OVER}
  RETURNING s.key`

/** In the transaction that creates the run. False where the key is taken. */
export async function insertRequest(
  client: PoolClient,
  organisationId: string,
  { key, hash }: StartRequest,
  runId: string,
): Promise<boolean> {
  const values = [organisationId, key, hash, runId]
  const { rowCount } = await client.query({ name: 'start-request', text: INSERT, values })
  return rowCount === 1
}

export async function startedBefore(
  pool: Pool,
  organisationId: string,
  { key, hash }: StartRequest,
): Promise<string | null> {
  const [before] = await queryIn<{ run_id: string; hash: string }>(pool, organisationId, {
    name: 'started-before',
    text: `SELECT run_id, hash FROM start_requests WHERE organisation_id = $1 AND key = $2 AND NOT ${OVER}`,
    values: [organisationId, key],
  })
  if (!before) return null
  if (before.hash === hash) return before.run_id
  throw new PressroomError({
    code: 'conflict.idempotency_key',
    message: 'This idempotency key came with another request before.',
    fix: 'Send each new request with a key of its own, and only the very same one again with the same key.',
    facts: { runId: before.run_id },
  })
}

export async function forgetRequests(pool: Pool, limit: number): Promise<number> {
  const text = 'SELECT system_forget_requests($1, $2) AS forgotten'
  const [row] = await acrossOrganisations<{ forgotten: number }>(pool, text, [KEPT_SECONDS, limit])
  return row?.forgotten ?? 0
}
