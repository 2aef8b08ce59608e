/**
 * All rows of a batch in one statement. Each kind of row is one jsonb parameter and one data-modifying CTE; kinds
 * that a batch lacks are left out, and each combination is a prepared statement of its own (a handful in practice).
 *
 * Whatever is changed is named by a list of ids too: a plan made while a table is small would else read all of it, and
 * serve for as long as its connection lives.
 */
import type { QueryConfig } from 'pg'
import type { Changes } from './run-store-changes.ts'

type Part = Exclude<keyof Changes, 'runs'>

const RUN_IDS = '$3::text[]'

const PARTS: Record<Part, (rows: string, ids: string) => string> = {
  newSteps: (rows) => `
    INSERT INTO steps (organisation_id, id, run_id, node_id, path, ordinal, label, status, attempt, input_id,
      input_port, entry, holds, needs_local, needs_external, lease_owner, lease_until, not_before, attempts, failure,
      started_at, finished_at, resumed_from)
    SELECT $1, r.* FROM ${rows} AS r(id text, run_id text, node_id text, path text, ordinal int[], label text,
      status text, attempt int, input_id text, input_port text, entry int, holds text[], needs_local bool, needs_external bool,
      lease_owner text, lease_until timestamptz, not_before timestamptz, attempts jsonb, failure jsonb,
      started_at timestamptz, finished_at timestamptz, resumed_from int)`,
  changedSteps: (rows, ids) => `
    UPDATE steps AS s SET status = r.status, attempt = r.attempt, lease_owner = r.lease_owner,
      lease_until = CASE WHEN r.lease_owner IS NOT NULL THEN coalesce(r.lease_until, s.lease_until) END,
      not_before = coalesce(r.not_before, s.not_before),
      failure = CASE WHEN r.has_failure THEN r.failure ELSE s.failure END,
      started_at = coalesce(r.started_at, s.started_at), finished_at = r.finished_at, attempts = r.attempts,
      resumed_from = r.resumed_from
    FROM ${rows} AS r(id text, status text, attempt int, lease_owner text, lease_until timestamptz,
      not_before timestamptz, has_failure bool, failure jsonb, started_at timestamptz, finished_at timestamptz,
      attempts jsonb, resumed_from int)
    WHERE s.id = r.id AND s.id = ANY (${ids})`,
  outputs: (rows) => `
    INSERT INTO outputs (organisation_id, id, run_id, step_id, node_id, port, port_type, path, ordinal, label, value)
    SELECT $1, r.id, r.run_id, r.step_id, r.node_id, r.port, r.port_type, r.path, r.ordinal, r.label,
      coalesce(r.value, 'null')
    FROM ${rows} AS r(id text, run_id text, step_id text, node_id text, port text, port_type text, path text,
      ordinal int[], label text, value jsonb)`,
  // A draft that only passes through a node keeps its first row; a revision is never overwritten.
  drafts: (rows) => `
    INSERT INTO drafts (organisation_id, id, run_id, output_id, parent_id, writer, editor, model, status, ordinal)
    SELECT $1, r.* FROM ${rows} AS r(id text, run_id text, output_id text, parent_id text, writer text, editor text,
      model text, status text, ordinal int[])
    ON CONFLICT DO NOTHING`,
  revisions: (rows) => `
    INSERT INTO revisions (organisation_id, run_id, draft_id, number, text, author, notes, input_tokens,
      output_tokens, cost_micros)
    SELECT $1, r.* FROM ${rows} AS r(run_id text, draft_id text, number int, text text, author jsonb, notes jsonb,
      input_tokens int, output_tokens int, cost_micros int)
    ON CONFLICT DO NOTHING`,
  evaluations: (rows) => `
    INSERT INTO evaluations (organisation_id, id, run_id, draft_id, evaluator, stage, criteria, score, rank, reason,
      model, ordinal)
    SELECT $1, r.* FROM ${rows} AS r(id text, run_id text, draft_id text, evaluator text, stage text, criteria jsonb,
      score float8, rank int, reason text, model text, ordinal int[])`,
  deliverables: (rows) => `
    INSERT INTO deliverables (organisation_id, id, run_id, title, content_type, winner, note, versions)
    SELECT $1, r.* FROM ${rows} AS r(id text, run_id text, title text, content_type text, winner text, note text,
      versions jsonb)`,
  calls: (rows) => `
    INSERT INTO model_calls (organisation_id, id, run_id, step_id, key, purpose, model, provider, request, text,
      data, input_tokens, output_tokens, cost_micros, duration_ms)
    SELECT $1, r.id, r.run_id, r.step_id, r.key, r.purpose, r.model, r.provider, coalesce(r.request, 'null'), r.text,
      r.data, r.input_tokens, r.output_tokens, r.cost_micros, r.duration_ms
    FROM ${rows} AS r(id text, run_id text, step_id text, key text, purpose text, model text, provider text,
      request jsonb, text text, data jsonb, input_tokens int, output_tokens int, cost_micros int, duration_ms int)`,
  waits: (rows) => `
    INSERT INTO step_waits (organisation_id, run_id, step_id, attempt, kind, spec, carry, token_hash, due_at,
      created_at, cause, value, answered_by, answered_at)
    SELECT $1, r.* FROM ${rows} AS r(run_id text, step_id text, attempt int, kind text, spec jsonb, carry jsonb,
      token_hash text, due_at timestamptz, created_at timestamptz, cause text, value jsonb, answered_by text,
      answered_at timestamptz)`,
  approvals: (rows) => `
    INSERT INTO approvals (organisation_id, id, run_id, step_id, attempt, round, content, content_hash, created_at)
    SELECT $1, r.id, r.run_id, r.step_id, r.attempt, 1, coalesce(r.content, 'null'), r.content_hash, r.created_at
    FROM ${rows} AS r(id text, run_id text, step_id text, attempt int, content jsonb, content_hash text,
      created_at timestamptz)`,
  children: (rows) => `
    INSERT INTO child_runs (organisation_id, parent_run_id, step_id, attempt, place, run_id, parallel, detached)
    SELECT $1, r.* FROM ${rows} AS r(parent_run_id text, step_id text, attempt int, place int, run_id text,
      parallel int, detached bool)`,
  answers: (rows) => `
    UPDATE step_waits AS w SET cause = r.cause, value = r.value, answered_by = r.answered_by,
      answered_at = r.answered_at
    FROM ${rows} AS r(step_id text, attempt int, cause text, value jsonb, answered_by text, answered_at timestamptz)
    WHERE w.step_id = r.step_id AND w.attempt = r.attempt`,
  events: (rows) => `
    INSERT INTO run_events (organisation_id, run_id, seq, at, body)
    SELECT $1, r.* FROM ${rows} AS r(run_id text, seq int, at timestamptz, body jsonb)`,
  endedStreams: (rows) => `
    DELETE FROM step_streams AS s USING ${rows} AS r(run_id text, step_id text)
    WHERE s.run_id = ANY (${RUN_IDS}) AND s.run_id = r.run_id AND (r.step_id IS NULL OR s.step_id = r.step_id)`,
}

const RUNS = (rows: string) => `
  UPDATE runs AS u SET status = r.status, progress = r.progress, cancel_requested = r.cancel_requested,
    last_seq = r.last_seq, failure = CASE WHEN r.has_failure THEN r.failure ELSE u.failure END,
    finished_at = coalesce(r.finished_at, u.finished_at)
  FROM ${rows} AS r(id text, status text, progress jsonb, cancel_requested bool, last_seq int, has_failure bool,
    failure jsonb, finished_at timestamptz)
  WHERE u.id = r.id AND u.id = ANY (${RUN_IDS}) AND u.organisation_id = $1
  RETURNING u.id`

const NAMES = Object.keys(PARTS) as Part[]

const texts = new Map<string, string>()

/** The statement that writes everything and tells who watches; null when there is nothing to write. */
export function writeQuery(organisationId: string, changes: Changes): QueryConfig | null {
  if (changes.runs.size === 0) return null
  const present = NAMES.filter((part) => countOf(changes[part]) > 0)
  const name = `run-writes-${NAMES.map((part) => (present.includes(part) ? '1' : '0')).join('')}`
  let text = texts.get(name)
  if (text === undefined) {
    const ids = `$${present.length + 4}::text[]`
    const ctes = present.map((part, index) => `${part}_rows AS (${PARTS[part](recordset(index + 4), ids)})`)
    ctes.push(`changed_runs AS (${RUNS(recordset(2))})`)
    text = `WITH ${ctes.join(',\n')} SELECT count(pg_notify('run_events', id))::int AS runs FROM changed_runs`
    texts.set(name, text)
  }
  return {
    name,
    text,
    values: [
      organisationId,
      storable(changes.runs),
      [...changes.runs.keys()],
      ...present.map((part) => storable(changes[part])),
      ...(changes.changedSteps.size > 0 ? [[...changes.changedSteps.keys()]] : []),
    ],
  }
}

const recordset = (parameter: number): string => `jsonb_to_recordset($${parameter}::jsonb)`

const countOf = (rows: unknown[] | Map<string, unknown>): number =>
  Array.isArray(rows) ? rows.length : rows.size

/** JSON that jsonb takes: what it has no place for (NUL, half a surrogate pair) becomes U+FFFD, as in any decoder. */
export function storable(rows: unknown[] | Map<string, unknown> | object): string {
  const json = JSON.stringify(rows instanceof Map ? [...rows.values()] : rows)
  if (!json.includes('\\u')) return json
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape, what: string) =>
    what === 'u0000' || what.startsWith('ud') ? '\\ufffd' : escape,
  )
}
