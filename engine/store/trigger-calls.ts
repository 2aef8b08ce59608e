/**
 * Job: calls of triggers in Postgres, from their acceptance to the start of their run. Boundary: rows; when something is
 * due, what a call starts with and how its run is started is `engine/run/triggers`.
 *
 * C1 A call is one row per trigger and key, committed before anybody is answered.
 * C2 A schedule's calls and its next time change in one commit, under the row's lock, by the database's clock.
 * C3 Taking a call and noting what became of it may be lost in a crash: the run's id follows from the call's, so doing
 *    it again starts nothing twice. Neither waits for the disk.
 */
import type { Pool, PoolClient, QueryConfig } from 'pg'
import type { ScheduleSettings } from '#graph'
import type {
  AcceptedCall,
  FoundTrigger,
  NewCall,
  TriggerCalls,
  TriggerRef,
} from '#run/triggers/interfaces.ts'
import { COMMIT, begin, queryIn, together, withConnection } from './run-store-connection.ts'
import { storable } from './run-store-writes.ts'
import { type RunsAsRow, refusalOf } from './trigger-runner.ts'

/** A process that has accepted or taken a call has this long to start its run before another one looks. */
const LEASE = `interval '15 seconds'`
const FORGOTTEN_AT_A_TIME = 1_000
const NOT_DURABLE: QueryConfig = { text: 'SET LOCAL synchronous_commit = off' }

/** `pool` connects as the role that row-level security binds. One with `pipeline: true` saves round trips. */
export function createTriggerCalls(pool: Pool): TriggerCalls {
  const across = async <Row>(text: string, values: unknown[]) =>
    withConnection(pool, async (client) => (await client.query({ text, values })).rows as Row[])

  return {
    async find(pathHash) {
      const [row] = await across<{ found: (Omit<FoundTrigger, 'triggerId'> & { id: string }) | null }>(
        'SELECT system_trigger($1) AS found',
        [pathHash],
      )
      if (!row?.found) return null
      const { id: triggerId, ...found } = row.found
      return { triggerId, ...found }
    },

    accept: ({ organisationId, triggerId }, call) =>
      withConnection(pool, async (client) => {
        const [, , inserted] = await together(client, [
          begin(organisationId),
          setApart(triggerId, call),
          insert(organisationId, triggerId, call),
          COMMIT,
        ])
        return acceptedOf(organisationId, inserted.rows[0] as CallRow | undefined)
      }),

    async due(limit) {
      const rows = await across<IdRow>('SELECT * FROM system_due_triggers($1)', [limit])
      return rows.map(({ organisation_id, id }) => ({ organisationId: organisation_id, triggerId: id }))
    },

    fire: (trigger, decide) => withConnection(pool, (client) => fire(client, trigger, decide)),

    async waiting(limit) {
      const rows = await across<IdRow>('SELECT * FROM system_waiting_calls($1)', [limit])
      return rows.map(({ organisation_id, id }) => ({ organisationId: organisation_id, callId: id }))
    },

    take: ({ organisationId, callId }) =>
      withConnection(pool, async (client) => {
        const query = { name: 'trigger-call-take', text: TAKE, values: [callId] }
        const [, , taken] = await together(client, [begin(organisationId), NOT_DURABLE, query, COMMIT])
        const [row] = taken.rows as TakenRow[]
        if (!row) return null
        const { id: _, runs_as: runsAs, ...call } = row
        return { ...call, organisationId, callId, refusal: refusalOf(runsAs) }
      }),

    async settle({ organisationId, callId }, outcome) {
      const failure = 'failure' in outcome ? outcome.failure : null
      const body = 'body' in outcome ? outcome.body : undefined
      const values = [
        callId,
        outcome.status,
        failure && storable(failure),
        body === undefined ? null : jsonOf(body),
        'delayMs' in outcome ? outcome.delayMs : 0,
      ]
      const query = { name: 'trigger-call-settle', text: SETTLE, values }
      await withConnection(pool, (client) =>
        together(client, [begin(organisationId), NOT_DURABLE, query, COMMIT]),
      )
    },

    async outcome({ organisationId, triggerId }, callId) {
      const query = { name: 'trigger-call-outcome', text: OUTCOME, values: [callId, triggerId] }
      const [row] = await queryIn<NonNullable<Awaited<ReturnType<TriggerCalls['outcome']>>>>(
        pool,
        organisationId,
        query,
      )
      return row ?? null
    },

    async forget(olderThanDays) {
      for (const { id } of await across<{ id: string }>('SELECT id FROM system_organisations()', [])) {
        const values = [olderThanDays, FORGOTTEN_AT_A_TIME]
        for (let gone = FORGOTTEN_AT_A_TIME; gone === FORGOTTEN_AT_A_TIME;) {
          gone = (await queryIn(pool, id, { text: FORGET, values }, '')).length
        }
      }
    },
  }
}

interface IdRow {
  organisation_id: string
  id: string
}

interface TakenRow {
  id: string
  triggerId: string
  flowId: string
  settings: FoundTrigger['settings']
  input: NewCall['input']
  sourceRunId: string | null
  tries: number
  started: boolean
  runs_as: RunsAsRow
}

interface CallRow {
  id: string
  status: AcceptedCall['status']
  failure: AcceptedCall['failure']
  duplicate: boolean
}

/** JSON as jsonb takes it: `storable` reads values, and a body may be a plain one. */
const jsonOf = (value: unknown): string => storable([value]).slice(1, -1)

const acceptedOf = (organisationId: string, row: CallRow | undefined): AcceptedCall | null =>
  row
    ? {
        organisationId,
        callId: row.id,
        duplicate: row.duplicate,
        status: row.status,
        failure: row.failure,
      }
    : null

/** A key that is no longer known makes room: of two that do this at once the second finds nothing to set apart. */
const setApart = (triggerId: string, { key, knownForMs }: NewCall): QueryConfig => ({
  name: 'trigger-call-apart',
  text: `
    UPDATE trigger_calls SET key = key || ' ' || id
    WHERE trigger_id = $1 AND key = $2 AND $3::float8 IS NOT NULL
      AND at < clock_timestamp() - make_interval(secs => $3::float8 / 1000)`,
  values: [triggerId, key, knownForMs ?? null],
})

function insert(organisationId: string, triggerId: string, call: NewCall): QueryConfig {
  const status = call.skipped ? 'skipped' : call.failure ? 'refused' : 'accepted'
  return {
    name: 'trigger-call-insert',
    text: INSERT,
    values: [
      organisationId,
      call.id,
      triggerId,
      call.key,
      status,
      jsonOf(call.body),
      call.input && storable(call.input),
      call.failure && storable(call.failure),
      call.dueAt ?? null,
      call.tried ?? false,
      call.sourceRunId ?? null,
    ],
  }
}

const INSERT = `
  INSERT INTO trigger_calls AS c (organisation_id, id, trigger_id, key, status, body, input, failure, due_at, tried,
    source_run_id, not_before)
  SELECT $1, $2::text, t.id, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, $9::timestamptz, $10::bool, $11,
    clock_timestamp() + ${LEASE}
  FROM triggers t WHERE t.id = $3 AND (t.enabled OR $10::bool)
  ON CONFLICT (organisation_id, trigger_id, key) DO UPDATE SET duplicates = c.duplicates + 1
  RETURNING c.id, c.status, c.failure, c.id <> $2 AS duplicate`

const DUE = `
  SELECT settings, next_at AS "nextAt", clock_timestamp() AS now FROM triggers
  WHERE id = $1 AND enabled AND next_at <= clock_timestamp()
  FOR UPDATE SKIP LOCKED`

async function fire(
  client: PoolClient,
  { organisationId, triggerId }: TriggerRef,
  decide: Parameters<TriggerCalls['fire']>[1],
) {
  const [, found] = await together(client, [begin(organisationId), { text: DUE, values: [triggerId] }])
  const [row] = found.rows as { settings: ScheduleSettings; nextAt: Date; now: Date }[]
  if (!row) {
    await client.query(COMMIT)
    return []
  }
  const { calls, nextAt } = decide(row.settings, row.nextAt, row.now)
  const moved = { text: 'UPDATE triggers SET next_at = $2 WHERE id = $1', values: [triggerId, nextAt] }
  const inserts = calls.map((call) => insert(organisationId, triggerId, call))
  const results = await together(client, [moved, ...inserts, COMMIT])
  return results.slice(1, -1).flatMap(({ rows }) => {
    const accepted = acceptedOf(organisationId, rows[0] as CallRow | undefined)
    return accepted?.status === 'accepted' ? [{ organisationId, callId: accepted.callId }] : []
  })
}

const TAKE = `
  WITH taken AS (
    UPDATE trigger_calls SET tries = tries + 1, not_before = clock_timestamp() + ${LEASE}
    WHERE id = $1 AND status = 'accepted' AND (tries = 0 OR not_before <= clock_timestamp())
    RETURNING *)
  SELECT c.id, c.trigger_id AS "triggerId", t.flow_id AS "flowId", t.settings, c.input,
    c.source_run_id AS "sourceRunId", c.tries,
    EXISTS (SELECT 1 FROM runs WHERE id = 'run_' || substr(c.id, 6)) AS started,
    jsonb_build_object(
      'name', coalesce(u.name, s.name),
      'role', coalesce(m.role, s.role),
      'custom', CASE WHEN r.id IS NOT NULL THEN to_jsonb(r.permissions) END,
      'disabled', s.disabled_at IS NOT NULL,
      'teamIds', (SELECT coalesce(jsonb_agg(of.team_id), '[]') FROM team_members of WHERE of.member_id = m.id),
      'flows', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'teamId', f.team_id)), '[]') FROM flows f
        WHERE f.id IN (t.flow_id, t.source_flow_id))) AS runs_as
  FROM taken c
  JOIN triggers t ON t.id = c.trigger_id
  LEFT JOIN members m ON m.id = t.member_id
  LEFT JOIN users u ON u.id = m.user_id
  LEFT JOIN service_accounts s ON s.id = t.service_account_id
  LEFT JOIN roles r ON r.id = coalesce(m.role, s.role)`

const SETTLE = `
  UPDATE trigger_calls SET status = $2, failure = $3::jsonb, body = coalesce($4::jsonb, body),
    not_before = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
  WHERE id = $1 AND status = 'accepted'`

const OUTCOME = `
  SELECT c.status, c.failure, r.status AS run
  FROM trigger_calls c LEFT JOIN runs r ON r.id = 'run_' || substr(c.id, 6)
  WHERE c.id = $1 AND c.trigger_id = $2`

/** As long as the logs of its runs where the organisation has said how long that is, else so many. */
export const KEPT_DAYS = `coalesce(
  (SELECT retention_event_days FROM organisations WHERE id = current_setting('app.org_id')), $1::int)`

const FORGET = `
  DELETE FROM trigger_calls WHERE ctid IN (
    SELECT ctid FROM trigger_calls
    WHERE at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}) AND status <> 'accepted' LIMIT $2)
  RETURNING id`
