import type { Pool, PoolClient } from 'pg'
import type { ReplayKind, RunDocument, RunEvent, RunStatus, RunSummary, Usage, WaitKind } from '#graph'
import { flowToRun } from '#graph'
import type { OpenWait, RunReader, RunSnapshot } from '#run/interfaces.ts'
import { childrenOf } from './run-children.ts'
import { documentOf, lastNodes, recordOf } from './run-document.ts'
import type { RunRow, StepDetailRow } from './run-document.ts'
import { createNotices } from './notices.ts'
import { OUTPUT_COLUMNS, OUTPUT_ORDER, outputOf } from './run-rows.ts'
import type { OutputRow } from './run-rows.ts'
import { COMMIT, begin, queryIn, together, withConnection } from './run-store-connection.ts'

const UNCHANGING = 'ISOLATION LEVEL REPEATABLE READ READ ONLY'

export interface RunReaderOptions {
  /** Hears of lost listening connections (which are made again) and of watchers that throw. */
  onError?: (error: unknown) => void
}

/** `pool` and `listenConnectionString` connect as the role that row-level security binds. */
export function createRunReader(
  pool: Pool,
  listenConnectionString: string,
  options: RunReaderOptions = {},
): RunReader & { close(): Promise<void> } {
  const changes = createNotices(listenConnectionString, 'run_events', options.onError ?? (() => {}))
  return {
    watch: (runId, onChange) => changes.watch(runId, onChange),
    close: () => changes.close(),

    async list(organisationId, { limit, before, flowId, children = false, reach = EVERYTHING }) {
      const { everyTeam, teamIds, flowIds } = reach
      const values = [before ?? null, limit, flowId ?? null, everyTeam, teamIds, flowIds, children]
      const query = { name: 'runs-list', text: LIST, values }
      return (await queryIn<SummaryRow>(pool, organisationId, query)).map(summaryOf)
    },

    document: (organisationId, runId) =>
      reading(pool, organisationId, async (client) => readDocument(client, organisationId, runId)),

    record: (organisationId, runId) =>
      reading(pool, organisationId, async (client) => {
        const document = await readDocument(client, organisationId, runId)
        if (!document) return null
        const steps = await client.query<StepDetailRow>(STEPS, [runId])
        const events = await client.query<EventRow>(`${EVENTS} ORDER BY seq`, [runId])
        return recordOf(document, steps.rows, events.rows.map(eventOf))
      }),

    async flow(organisationId, runId) {
      const text = `SELECT snapshot->'flow' AS flow, snapshot->'manifests' AS manifests FROM runs WHERE id = $1`
      const query = { name: 'run-flow', text, values: [runId] }
      const [row] = await queryIn<Pick<RunSnapshot, 'flow' | 'manifests'>>(pool, organisationId, query)
      return row ? { flow: row.flow, manifests: Object.values(row.manifests) } : null
    },

    async events(organisationId, runId, after, limit) {
      const text = `
        SELECT e.seq, e.at, e.body FROM runs AS r
        LEFT JOIN LATERAL (${EVENTS} AND seq > $2 ORDER BY seq LIMIT $3) AS e ON true
        WHERE r.id = $1 ORDER BY e.seq`
      const query = { name: 'run-events', text, values: [runId, after, limit] }
      const rows = await queryIn<EventRow | EmptyRow>(pool, organisationId, query)
      if (rows.length === 0) return null
      return rows.filter((row) => row.seq !== null).map(eventOf)
    },

    outputs: (organisationId, runId, { nodeId, port, limit }) =>
      reading(pool, organisationId, async (client) => {
        const counted = await client.query<{ total: number }>(OUTPUTS_COUNTED, [runId, nodeId, port ?? null])
        const total = counted.rows[0]?.total
        if (total === undefined) return null
        const rows = await client.query<OutputRow>(OUTPUTS_OF_NODE, [runId, nodeId, port ?? null, limit])
        return { total, outputs: rows.rows.map(outputOf) }
      }),

    async sources(organisationId, flowId, ports, limit) {
      const values = [flowId, ports.map(({ node }) => node), ports.map(({ port }) => port), limit]
      const rows = await queryIn<SourceRow>(pool, organisationId, {
        name: 'run-sources',
        text: SOURCES,
        values,
      })
      return rows.map(({ id, created_at, ports: found }) => {
        return { id, createdAt: created_at.toISOString(), ports: found }
      })
    },

    async waits(organisationId, runId) {
      const rows = await queryIn<WaitRow | EmptyWaitRow>(pool, organisationId, {
        name: 'run-waits',
        text: WAITS,
        values: [runId],
      })
      if (rows.length === 0) return null
      return rows.filter((row) => row.step_id !== null).map(waitOf)
    },

    children: (organisationId, runId) => childrenOf(pool, organisationId, runId),

    async streams(organisationId, runId) {
      const text = `
        SELECT t.step_id AS "stepId", t.call_id AS "callId", t.purpose, 0 AS offset, t.text
        FROM step_streams AS t JOIN steps AS s ON s.id = t.step_id
        WHERE t.run_id = $1 AND s.status = 'running' ORDER BY s.ordinal, t.call_id COLLATE "C"`
      return queryIn(pool, organisationId, { name: 'run-streams', text, values: [runId] })
    },
  }
}

const EVERYTHING = { everyTeam: true, teamIds: [], flowIds: null }

const RUN = `
  SELECT id, flow_id, flow_name, status, seed, input, snapshot, progress, failure, created_at, finished_at,
    retry_of, rerun_of, parent_run_id
  FROM runs WHERE id = $1`

const MADE_OF_IT = `
  SELECT id, CASE WHEN retry_of = $1 THEN 'retry' ELSE 'rerun' END AS kind, status, created_at FROM runs
  WHERE organisation_id = $2 AND (retry_of = $1 OR rerun_of = $1) ORDER BY created_at, id`

const DRAFTS = `
  SELECT ${OUTPUT_COLUMNS} FROM drafts AS d JOIN outputs AS o ON o.id = d.output_id
  WHERE d.run_id = $1 ORDER BY ${OUTPUT_ORDER}`

const OUTPUTS = `
  SELECT ${OUTPUT_COLUMNS} FROM outputs AS o
  WHERE o.run_id = $1 AND (o.port_type IN ('evaluation', 'ranking', 'deliverable') OR o.node_id = ANY ($2::text[]))
  ORDER BY ${OUTPUT_ORDER}`

const OF_NODE = 'o.run_id = $1 AND o.node_id = $2 AND ($3::text IS NULL OR o.port = $3)'

const OUTPUTS_COUNTED = `
  SELECT (SELECT count(*)::int FROM outputs AS o WHERE ${OF_NODE}) AS total FROM runs WHERE id = $1`

const OUTPUTS_OF_NODE = `
  SELECT ${OUTPUT_COLUMNS} FROM outputs AS o WHERE ${OF_NODE} ORDER BY ${OUTPUT_ORDER} LIMIT $4`

const SOURCES = `
  SELECT r.id, r.created_at, found.ports FROM runs AS r
  CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('node', node_id, 'port', port, 'items', items)) AS ports FROM (
      SELECT o.node_id, o.port, count(*)::int AS items FROM outputs AS o
      WHERE o.run_id = r.id AND (o.node_id, o.port) IN (SELECT * FROM unnest($2::text[], $3::text[]))
      GROUP BY o.node_id, o.port ORDER BY o.node_id COLLATE "C", o.port COLLATE "C"
    ) AS counted
  ) AS found
  WHERE r.flow_id = $1 AND found.ports IS NOT NULL
  ORDER BY r.created_at DESC, r.id DESC LIMIT $4`

interface SourceRow {
  id: string
  created_at: Date
  ports: { node: string; port: string; items: number }[]
}

const STEPS = `
  SELECT id, node_id, path, label, status, attempt, attempts, started_at, finished_at, failure FROM steps
  WHERE run_id = $1 ORDER BY ordinal, node_id COLLATE "C", path COLLATE "C"`

const WAITS = `
  SELECT w.step_id, w.attempt, s.node_id, s.label, w.kind, w.created_at, w.due_at, w.token_hash,
    CASE WHEN w.kind = 'approval' THEN w.spec - 'content' END AS terms
  FROM runs AS r
  LEFT JOIN (steps AS s JOIN step_waits AS w ON w.step_id = s.id AND w.attempt = s.attempt)
    ON s.run_id = r.id AND s.status = 'waiting'
  WHERE r.id = $1 ORDER BY w.created_at, s.ordinal, s.id`

const EVENTS = 'SELECT seq, at, body FROM run_events WHERE run_id = $1'

const LIST = `
  SELECT r.id, r.flow_id, r.flow_name, r.status, r.input->'brief'->>'topic' AS topic, r.created_at, r.finished_at,
    jsonb_array_length(r.snapshot->'plan'->'steps') AS planned_steps, r.progress->'usage' AS usage,
    r.retry_of, r.rerun_of, r.parent_run_id,
    (SELECT count(*)::int FROM steps AS s WHERE s.run_id = r.id AND s.status NOT IN ('ready', 'running', 'waiting')
      AND NOT (s.status = 'succeeded' AND s.attempt = 0)) AS finished_steps,
    (SELECT count(*)::int FROM drafts AS d WHERE d.run_id = r.id
      AND NOT EXISTS (SELECT FROM drafts AS c WHERE c.run_id = r.id AND c.parent_id = d.id)) AS drafts
  FROM runs AS r
  WHERE ($1::text IS NULL OR (r.created_at, r.id) < (SELECT b.created_at, b.id FROM runs AS b WHERE b.id = $1))
    AND ($3::text IS NULL OR r.flow_id = $3)
    AND ($4::boolean OR NOT EXISTS (SELECT FROM flows AS f
      WHERE f.id = r.flow_id AND f.team_id IS NOT NULL AND f.team_id <> ALL ($5::text[])))
    AND ($6::text[] IS NULL OR r.flow_id = ANY ($6))
    AND ($7::boolean OR r.parent_run_id IS NULL)
  ORDER BY r.created_at DESC, r.id DESC LIMIT $2`

async function reading<T>(
  pool: Pool,
  organisationId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return withConnection(pool, async (client) => {
    await client.query(begin(organisationId, UNCHANGING))
    const result = await work(client)
    await client.query(COMMIT)
    return result
  })
}

async function readDocument(
  client: PoolClient,
  organisationId: string,
  runId: string,
): Promise<RunDocument | null> {
  const run = (await client.query<RunRow>(RUN, [runId])).rows[0]
  if (!run) return null
  const [madeOfIt, drafts, outputs, called] = await together(client, [
    { text: MADE_OF_IT, values: [runId, organisationId] },
    { text: DRAFTS, values: [runId] },
    { text: OUTPUTS, values: [runId, lastNodes(flowToRun(run.snapshot))] },
    { text: 'SELECT DISTINCT model FROM model_calls WHERE run_id = $1', values: [runId] },
  ])
  return documentOf({
    run,
    madeOfIt: (madeOfIt.rows as MadeRow[]).map(({ created_at, ...made }) => {
      return { ...made, createdAt: created_at.toISOString() }
    }),
    drafts: drafts.rows as OutputRow[],
    outputs: outputs.rows as OutputRow[],
    calledModels: called.rows.map((row: { model: string }) => row.model),
  })
}

interface MadeRow {
  id: string
  kind: ReplayKind
  status: RunStatus
  created_at: Date
}

interface EventRow {
  seq: number
  at: Date
  body: RunEvent['body']
}

interface WaitRow {
  step_id: string
  attempt: number
  node_id: string
  label: string
  kind: WaitKind
  created_at: Date
  due_at: Date | null
  token_hash: string | null
  terms: OpenWait['terms']
}

interface EmptyWaitRow {
  step_id: null
}

const waitOf = (row: WaitRow): OpenWait => ({
  stepId: row.step_id,
  attempt: row.attempt,
  nodeId: row.node_id,
  label: row.label,
  kind: row.kind,
  since: row.created_at.toISOString(),
  until: row.due_at?.toISOString() ?? null,
  tokenHash: row.token_hash,
  terms: row.terms,
})

interface EmptyRow {
  seq: null
}

const eventOf = (row: EventRow): RunEvent => ({ seq: row.seq, at: row.at.toISOString(), body: row.body })

interface SummaryRow {
  id: string
  flow_id: string | null
  flow_name: string
  status: RunStatus
  topic: string | null
  created_at: Date
  finished_at: Date | null
  planned_steps: number
  finished_steps: number
  drafts: number
  usage: Usage
  retry_of: string | null
  rerun_of: string | null
  parent_run_id: string | null
}

function summaryOf(row: SummaryRow): RunSummary {
  return {
    id: row.id,
    flowId: row.flow_id,
    flowName: row.flow_name,
    status: row.status,
    topic: row.topic,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    plannedSteps: row.planned_steps,
    finishedSteps: row.finished_steps,
    drafts: row.drafts,
    usage: row.usage,
    retryOf: row.retry_of,
    rerunOf: row.rerun_of,
    childOf: row.parent_run_id,
  }
}
