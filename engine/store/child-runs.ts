/**
 * Runs that steps start, in Postgres. Boundary: rows; what is to be done is decided by `engine/run/children`.
 *
 * Whoever decides holds a lock of the step, and waits for no row while it does: commits that end several runs hold rows
 * in any order.
 */
import type { Pool, PoolClient, QueryConfig } from 'pg'
import { type Failure, NO_USAGE, type RunStatus, type Usage } from '#graph'
import type { ChildNote, ChildRuns, ChildrenState, Moves, RunsWait, StepRef } from '#run/interfaces.ts'
import {
  COMMIT,
  acrossOrganisations,
  begin,
  queryIn,
  together,
  withConnection,
} from './run-store-connection.ts'
import { type RefRow, refOf } from './run-rows.ts'
import { storable } from './run-store-writes.ts'

/** Whoever begins runs has this long before somebody else does. */
const LEASE_MS = 15_000

/** `pool` connects as the role that row-level security binds. */
export function createChildRuns(pool: Pool): ChildRuns {
  return {
    async due(limit) {
      return (await acrossOrganisations<RefRow>(pool, 'SELECT * FROM system_child_steps($1)', [limit])).map(
        refOf,
      )
    },

    async stepsOf(organisationId, runId) {
      const query = { name: 'child-steps', text: STEPS, values: [runId] }
      return (await queryIn<RefRow>(pool, organisationId, query)).map(refOf)
    },

    decide: (step, decide) => withConnection(pool, (client) => decideOn(client, step, decide)),

    async note({ organisationId, stepId, attempt }, place, note) {
      const { text, values } = noted(note)
      const query = {
        name: `child-note-${Object.keys(note)[0]}`,
        text,
        values: [stepId, attempt, place, ...values],
      }
      await queryIn(pool, organisationId, query, '')
    },
  }
}

async function decideOn(client: PoolClient, step: StepRef, decide: (state: ChildrenState) => Moves) {
  const { organisationId, stepId, attempt } = step
  const at = [stepId, attempt]
  const [, , stood, rows] = await together(client, [
    begin(organisationId),
    {
      name: 'child-lock',
      text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7307010))',
      values: [stepId],
    },
    { name: 'child-step', text: STANDING, values: at },
    { name: 'child-rows', text: CHILDREN, values: at },
  ])
  const [standing] = stood.rows as StandingRow[]
  const children = rows.rows as ChildRow[]
  if (!standing || children.every(({ settled }) => settled)) {
    await client.query(COMMIT)
    return null
  }
  const state = stateOf(standing, children)
  const moves = decide(state)
  const [claims] = await together(client, [claim(at, moves), ...writesOf(at, moves), COMMIT])
  const claimed = new Set((claims.rows as { place: number }[]).map(({ place }) => place))
  return { state, moves: { ...moves, start: moves.start.filter((place) => claimed.has(place)) } }
}

/** Says which runs are this process's to begin. */
const claim = (at: unknown[], { start }: Moves): QueryConfig => ({
  name: 'child-claim',
  text: CLAIM,
  values: [...at, start, LEASE_MS],
})

function writesOf(at: unknown[], { drop, gone, pause, settled }: Moves): QueryConfig[] {
  const set = (name: string, text: string, places: number[]) =>
    places.length > 0 ? [{ name, text, values: [...at, places] }] : []
  return [
    ...set(
      'child-drop',
      ended('run.cancelled', 'It was never begun: the run that was to begin it ended.'),
      drop,
    ),
    ...set('child-gone', ended('not_found.run', 'It is not there any more.'), gone),
    ...set('child-pause', `UPDATE child_runs SET paused = true WHERE ${ROWS}`, pause),
    ...(settled
      ? [{ name: 'child-settle', text: `UPDATE child_runs SET settled = true WHERE ${STEP}`, values: at }]
      : []),
  ]
}

function noted(note: ChildNote): { text: string; values: unknown[] } {
  const set = (text: string) => `UPDATE child_runs SET ${text} WHERE ${STEP} AND place = $3`
  if ('started' in note)
    return { text: set('started_at = coalesce(started_at, clock_timestamp())'), values: [] }
  if ('resumed' in note) return { text: set('paused = false'), values: [] }
  if ('refused' in note) {
    const text = set('ended_at = coalesce(ended_at, clock_timestamp()), failure = $4::jsonb')
    return { text, values: [storable(note.refused)] }
  }
  const text = set('not_before = clock_timestamp() + make_interval(secs => $4::float8 / 1000)')
  return { text, values: [note.tryAgainInMs] }
}

const STEP = 'step_id = $1 AND attempt = $2'
const FREE_ROWS = `(SELECT place FROM child_runs WHERE ${STEP} AND place = ANY ($3::int[]) AND ended_at IS NULL
  FOR UPDATE SKIP LOCKED)`
const ROWS = `${STEP} AND place IN ${FREE_ROWS}`

const CLAIM = `
  UPDATE child_runs SET tries = tries + 1, not_before = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
  WHERE ${ROWS} RETURNING place`

const ended = (code: string, message: string) => `
  UPDATE child_runs SET ended_at = clock_timestamp(), failure = jsonb_build_object('code', '${code}', 'message',
    '${message}', 'fix', 'Run the flow again if it is needed.', 'retryable', false, 'facts', '{}'::jsonb)
  WHERE ${ROWS}`

const STEPS = `
  SELECT DISTINCT organisation_id, parent_run_id AS run_id, step_id, attempt FROM child_runs
  WHERE parent_run_id = $1 AND NOT settled`

const STANDING = `
  SELECT w.spec, r.status = 'paused' AS paused, r.started_by,
    s.status = 'waiting' AND s.attempt = w.attempt AND NOT r.cancel_requested AS waits,
    r.progress -> 'usage' AS used, f.id AS flow_id
  FROM step_waits AS w JOIN steps AS s ON s.id = w.step_id JOIN runs AS r ON r.id = w.run_id
  LEFT JOIN flows AS own ON own.id = r.flow_id
  LEFT JOIN flows AS f ON f.id = w.spec ->> 'flow' AND f.published_id IS NOT NULL AND f.removed_at IS NULL
    AND (f.team_id IS NULL OR f.team_id = own.team_id)
  WHERE w.step_id = $1 AND w.attempt = $2 AND w.kind = 'runs'`

const CHILDREN = `
  SELECT c.place, c.run_id, c.tries, c.paused, c.settled, c.failure, c.started_at IS NOT NULL AS started,
    c.ended_at IS NOT NULL AS ended, r.status, r.progress -> 'usage' AS usage,
    c.ended_at IS NULL AND c.started_at IS NULL AND coalesce(c.not_before <= clock_timestamp(), true) AS free
  FROM child_runs AS c LEFT JOIN runs AS r ON r.id = c.run_id
  WHERE c.step_id = $1 AND c.attempt = $2 ORDER BY c.place`

interface StandingRow {
  spec: Omit<RunsWait, 'kind'>
  paused: boolean
  started_by: string | null
  waits: boolean
  used: Usage
  flow_id: string | null
}

interface ChildRow {
  place: number
  run_id: string
  tries: number
  paused: boolean
  settled: boolean
  failure: Failure | null
  started: boolean
  ended: boolean
  status: RunStatus | null
  usage: Usage | null
  free: boolean
}

const stateOf = (row: StandingRow, children: ChildRow[]): ChildrenState => ({
  waits: row.waits,
  paused: row.paused,
  startedBy: row.started_by,
  used: row.used,
  flowId: row.flow_id,
  wait: { ...row.spec, kind: 'runs' },
  children: children.map((child) => ({
    place: child.place,
    runId: child.run_id,
    tries: child.tries,
    started: child.started,
    ended: child.ended,
    free: child.free,
    paused: child.paused,
    status: child.status,
    usage: child.usage ?? NO_USAGE,
    failure: child.failure,
  })),
})
