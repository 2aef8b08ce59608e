import type { Pool } from 'pg'
import type { StreamChunk } from '#graph'
import { COMMIT, begin, together, withConnection } from './run-store-connection.ts'

const READ = `SELECT text FROM step_streams WHERE run_id = $1 AND call_id = $2 FOR UPDATE`

// A chunk that comes after its step ended is dropped: the final text is in the log.
const WRITE = `
  INSERT INTO step_streams (organisation_id, run_id, step_id, call_id, purpose, text, updated_at)
  SELECT organisation_id, run_id, id, $2, $3, $4, clock_timestamp() FROM steps WHERE id = $1 AND status = 'running'
  ON CONFLICT (run_id, call_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at`

const NOTIFY = `SELECT pg_notify('run_events', $1)`

/** Puts a chunk where it belongs in its call's text. Not durable on purpose: nobody waits for a disk here. */
export async function appendStream(
  pool: Pool,
  organisationId: string,
  runId: string,
  chunk: StreamChunk,
): Promise<void> {
  await withConnection(pool, async (client) => {
    const [, , found] = await together(client, [
      begin(organisationId),
      { text: 'SET LOCAL synchronous_commit = off' },
      { name: 'stream-read', text: READ, values: [runId, chunk.callId] },
    ])
    const before = (found.rows[0] as { text: string } | undefined)?.text ?? ''
    const text = overlay(before, chunk.offset, chunk.text).replaceAll('\0', '\ufffd')
    await together(client, [
      { name: 'stream-write', text: WRITE, values: [chunk.stepId, chunk.callId, chunk.purpose, text] },
      { name: 'stream-notify', text: NOTIFY, values: [runId] },
      COMMIT,
    ])
  })
}

/** `text` up to `offset` (UTF-16 units, as in the chunk), then `piece`. A gap is filled with spaces. */
export function overlay(text: string, offset: number, piece: string): string {
  return text.slice(0, offset).padEnd(offset, ' ') + piece
}
