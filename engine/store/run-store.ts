import type { Pool } from 'pg'
import { NO_USAGE, PressroomError, waitExpired } from '#graph'
import type { Resumed, Usage } from '#graph'
import type {
  FoundCall,
  Json,
  LockedRun,
  RunOrigin,
  RunSnapshot,
  RunStore,
  RunWrites,
  WaitAnswer,
} from '#run/interfaces.ts'
import { OUTPUT_COLUMNS, OUTPUT_ORDER, callOf, outputOf, refOf, snapshotOf } from './run-rows.ts'
import type { CallRow, OutputRow, RefRow, SnapshotRow } from './run-rows.ts'
import { addWrites, noChanges } from './run-store-changes.ts'
import { earlierRun } from './run-earlier.ts'
import {
  COMMIT,
  ROLLBACK,
  acrossOrganisations,
  begin,
  queryIn,
  together,
  withConnection,
} from './run-store-connection.ts'
import { forgetRequests, insertRequest, startedBefore } from './start-requests.ts'
import { appendStream } from './run-store-streams.ts'
import { NEXT_IN_TURN } from './run-store-slots.ts'
import { runNotFound, transact } from './run-store-transact.ts'
import { storable, writeQuery } from './run-store-writes.ts'
import { APPROVED, wayTo } from './run-way.ts'

/** `pool` connects as the role that row-level security binds. One with `pipeline: true` saves round trips. */
export function createRunStore(pool: Pool): RunStore {
  return {
    createRun: (...run) => createRun(pool, ...run),
    transact: (batch) => transact(pool, batch),
    appendStream: (organisationId, runId, chunk) => appendStream(pool, organisationId, runId, chunk),

    async snapshot(organisationId, runId) {
      const text = `SELECT input, seed, snapshot FROM runs WHERE id = $1`
      const [row] = await queryIn<SnapshotRow>(pool, organisationId, {
        name: 'run-snapshot',
        text,
        values: [runId],
      })
      if (!row) throw runNotFound(runId)
      return snapshotOf(organisationId, runId, row)
    },

    earlier: (organisationId, runId) => earlierRun(pool, organisationId, runId),
    startedBefore: (organisationId, request) => startedBefore(pool, organisationId, request),
    forgetRequests: (limit) => forgetRequests(pool, limit),

    async output(organisationId, outputId) {
      const text = `SELECT ${OUTPUT_COLUMNS} FROM outputs AS o WHERE id = $1`
      const [row] = await queryIn<OutputRow>(pool, organisationId, {
        name: 'output',
        text,
        values: [outputId],
      })
      if (row) return outputOf(row)
      throw new PressroomError({
        code: 'not_found.output',
        message: `There is no output ${outputId} here.`,
        fix: 'Look at the run that should have put it out: its step may not have ended yet.',
        facts: { outputId },
      })
    },

    async gather(organisationId, runId, sources) {
      const text = `
        SELECT ${OUTPUT_COLUMNS} FROM outputs AS o
        WHERE o.run_id = $1 AND (o.node_id, o.port) IN (SELECT * FROM unnest($2::text[], $3::text[]))
        ORDER BY ${OUTPUT_ORDER}`
      const values = [runId, sources.map((source) => source.nodeId), sources.map((source) => source.port)]
      const rows = await queryIn<OutputRow>(pool, organisationId, { name: 'gather', text, values })
      return rows.map(outputOf)
    },

    async findCall({ organisationId, runId, stepId }, key) {
      const text = `
        SELECT r.status = 'paused' AS paused, r.progress -> 'usage' AS used, ${MONTH} AS month_use, c.* FROM runs AS r
        LEFT JOIN model_calls AS c ON c.step_id = $2 AND c.key = $3 WHERE r.id = $1`
      const query = { name: 'find-call', text, values: [runId, stepId, key] }
      const [row] = await queryIn<FoundCallRow>(pool, organisationId, query)
      const { paused = false, used = NO_USAGE, month_use: month = null } = row ?? {}
      return { call: row && row.id !== null ? callOf(row) : null, paused, used, month }
    },

    async approved(organisationId, runId) {
      const query = { name: 'approved', text: APPROVED, values: [runId] }
      const rows = await queryIn<{ content: Json }>(pool, organisationId, query)
      return rows.map(({ content }) => content)
    },

    way: (organisationId, outputId) => wayTo(pool, organisationId, outputId),

    async resumed(organisationId, stepId, attempt) {
      const text = `SELECT kind, carry, cause, value FROM step_waits WHERE step_id = $1 AND attempt = $2`
      const query = { name: 'resumed', text, values: [stepId, attempt] }
      const [row] = await queryIn<AnswerRow>(pool, organisationId, query)
      if (!row) throw new Error(`attempt ${attempt} of step ${stepId} waited for nothing`)
      const { kind, carry, cause, value } = row
      return { kind, carry, value, expired: waitExpired(kind, cause) }
    },

    async heartbeat(worker, stepIds, leaseSeconds) {
      if (stepIds.length === 0) return
      const values = [worker, stepIds, leaseSeconds]
      await acrossOrganisations(pool, 'SELECT system_heartbeat($1, $2, $3)', values)
    },

    async lostLeases(limit) {
      return (await acrossOrganisations<RefRow>(pool, 'SELECT * FROM system_lost_leases($1)', [limit])).map(
        refOf,
      )
    },

    async forgottenSteps(olderThanMs, limit) {
      const values = [olderThanMs, limit]
      return (
        await acrossOrganisations<RefRow>(pool, 'SELECT * FROM system_forgotten_steps($1, $2)', values)
      ).map(refOf)
    },

    async waitingForSlots({ organisationId, runId }, resources, limit) {
      const query = {
        name: 'waiting-for-slots',
        text: NEXT_IN_TURN,
        values: [organisationId, resources, runId, limit],
      }
      return (await queryIn<RefRow>(pool, organisationId, query)).map(refOf)
    },

    async callback(tokenHash) {
      const text = 'SELECT * FROM system_callback($1)'
      const [row] = await acrossOrganisations<RefRow & { answered: boolean }>(pool, text, [tokenHash])
      return row ? { ...refOf(row), answered: row.answered } : null
    },

    async dueWaits(limit) {
      return (await acrossOrganisations<RefRow>(pool, 'SELECT * FROM system_due_waits($1)', [limit])).map(
        refOf,
      )
    },

    async overdueRuns(limit) {
      const text = 'SELECT * FROM system_overdue_runs($1)'
      const rows = await acrossOrganisations<Omit<RefRow, 'step_id' | 'attempt'>>(pool, text, [limit])
      return rows.map((row) => ({ organisationId: row.organisation_id, runId: row.run_id }))
    },

    async cancelledRuns(runIds) {
      if (runIds.length === 0) return []
      const text = 'SELECT run_id FROM system_cancelled_runs($1) AS run_id'
      return (await acrossOrganisations<{ run_id: string }>(pool, text, [runIds])).map((row) => row.run_id)
    },
  }
}

const MONTH = `(
  SELECT jsonb_build_object(
    'allowed', jsonb_build_object('calls', b.calls, 'tokens', b.tokens, 'costMicros', b.cost_micros),
    'used', jsonb_build_object('calls', coalesce(sum(u.calls), 0), 'tokens', coalesce(sum(u.tokens), 0),
      'costMicros', coalesce(sum(u.cost_micros), 0)))
  FROM budgets AS b LEFT JOIN model_usage AS u
    ON u.organisation_id = b.organisation_id AND u.month = usage_month(clock_timestamp())
  WHERE b.organisation_id = r.organisation_id GROUP BY b.organisation_id)`

type FoundCallRow = { paused: boolean; used: Usage; month_use: FoundCall['month'] } & (CallRow | { id: null })

interface AnswerRow {
  kind: Resumed['kind']
  carry: Json
  cause: WaitAnswer['cause']
  value: Json
}

/** As numbers of the database, where higher goes first. */
const PRIORITY = { high: 1, normal: 0, low: -1 }

const INSERT = `
  INSERT INTO runs (id, organisation_id, flow_id, flow_version_id, flow_name, status, seed, input, snapshot, progress,
    started_by, retry_of, rerun_of, deadline_at, priority, parent_run_id)
  VALUES ($1, $2, coalesce((SELECT flow_id FROM flow_versions WHERE id = $3), $10), $3, $4, 'queued', $5, $6, $7, $8, $9,
    $11, $12, clock_timestamp() + make_interval(mins => $13::int), $14, $15)
  ON CONFLICT (id) DO NOTHING
  RETURNING date_trunc('milliseconds', clock_timestamp()) AS at`

async function createRun(
  pool: Pool,
  snapshot: RunSnapshot,
  first: RunWrites,
  { flowVersionId, flowId, startedBy, request }: RunOrigin,
): Promise<string> {
  const { id, organisationId, flow, manifests, catalog, plan, trial, replay, edits, parent, input, seed } =
    snapshot
  const { progress } = first
  if (!progress) {
    throw new PressroomError({
      code: 'store.no_progress',
      message: `Run ${id} can't be created without its progress.`,
      fix: 'Give the first writes of a run its progress.',
      facts: { runId: id },
    })
  }
  const frozen = storable({ flow, manifests, catalog, plan, trial, replay, edits, parent })
  const fixed = [
    id,
    organisationId,
    flowVersionId,
    flow.name,
    seed,
    storable(input),
    frozen,
    storable(progress),
    startedBy,
    flowId,
    replay?.kind === 'retry' ? replay.of : null,
    replay?.kind === 'rerun' ? replay.of : null,
    flow.limits.timeoutMinutes ?? null,
    PRIORITY[flow.limits.priority ?? 'normal'],
    parent?.runId ?? null,
  ]
  const created = await withConnection(pool, async (client) => {
    const [, inserted] = await together(client, [
      begin(organisationId),
      { name: 'run-insert', text: INSERT, values: fixed },
    ])
    const [row] = inserted.rows as { at: Date }[]
    // The run is there already: whoever chose its id has started it before.
    if (!row) {
      await client.query(ROLLBACK)
      return true
    }
    if (request && !(await insertRequest(client, organisationId, request, id))) {
      await client.query(ROLLBACK)
      return false
    }
    const { at } = row
    const changes = noChanges()
    const delayed = new Set<string>()
    const run: LockedRun = {
      id,
      organisationId,
      progress,
      status: 'queued',
      cancelRequested: false,
      seq: 0,
      steps: new Map(),
      ready: [],
      waiting: [],
      delayed,
      shares: null,
    }
    addWrites({ at, run, delayed, slots: null }, first, changes)
    const write = writeQuery(organisationId, changes)
    await together(client, [...(write ? [write] : []), COMMIT])
    return true
  })
  if (created || !request) return id
  const before = await startedBefore(pool, organisationId, request)
  if (before !== null) return before
  throw new PressroomError({
    code: 'store.request_gone',
    message: 'Another request with this key was there and is gone again.',
    fix: 'Send it again.',
    retryable: true,
  })
}
