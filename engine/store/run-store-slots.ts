/**
 * R8: places for model calls that all runs of an organisation share. A running step holds what its row says; there is
 * nothing to give back, so a worker that is killed keeps nothing beyond its step's lease.
 *
 * Whoever takes steps that hold something locks the organisation's limits first and counts then: two commits never
 * hand out the same place. Of the runs that wait, the higher priority goes first, then who holds less, then who was
 * served longest ago.
 */
import type { PoolClient } from 'pg'
import type { SlotShare, StepRecord } from '#run/interfaces.ts'

export interface SlotTable {
  /** By resource; only those that are limited. */
  resources: Map<string, { free: number; waiting: string[] }>
}

/** Runs looked at in the order of their turns; more never get a place at once. */
const MAX_WAITING = 200

/** In turn: the runs with a step that could be taken if `l.resource` had a place free. */
const RUNS_IN_TURN = `
  SELECT w.run_id FROM (
    SELECT s.run_id, r.priority, min(s.not_before) AS since,
      (SELECT count(*) FROM steps AS h WHERE h.run_id = s.run_id AND h.status = 'running'
        AND l.resource = ANY (h.holds)) AS held,
      (SELECT max(h.started_at) FROM steps AS h WHERE h.run_id = s.run_id AND l.resource = ANY (h.holds)) AS served
    FROM steps AS s JOIN runs AS r ON r.id = s.run_id
    WHERE s.organisation_id = l.organisation_id AND s.status = 'ready' AND s.holds <> '{}'
      AND l.resource = ANY (s.holds) AND s.not_before <= clock_timestamp()
      AND r.status IN ('running', 'waiting') AND NOT r.cancel_requested
      AND (NOT s.needs_local OR (r.progress #> '{slots,local}')::int
        < (r.snapshot #> '{flow,limits,maxLocalConcurrent}')::int)
      AND (NOT s.needs_external OR (r.progress #> '{slots,external}')::int
        < (r.snapshot #> '{flow,limits,maxCloudConcurrent}')::int)
    GROUP BY s.run_id, r.priority) AS w
  ORDER BY w.priority DESC, w.held, w.served NULLS FIRST, w.since, w.run_id LIMIT ${MAX_WAITING}`

/** A step each of the runs whose turn it is, without this run ($3), for resources ($2) that are limited. */
export const NEXT_IN_TURN = `
  SELECT DISTINCT s.organisation_id, s.run_id, s.step_id, s.attempt
  FROM slot_limits AS l
  CROSS JOIN LATERAL (${RUNS_IN_TURN}) AS turn
  CROSS JOIN LATERAL (
    SELECT s.organisation_id, s.run_id, s.id AS step_id, s.attempt FROM steps AS s
    WHERE s.run_id = turn.run_id AND s.status = 'ready' AND l.resource = ANY (s.holds)
      AND s.not_before <= clock_timestamp()
    ORDER BY s.ordinal, s.id LIMIT 1) AS s
  WHERE l.organisation_id = $1 AND l.resource = ANY ($2::text[]) AND s.run_id <> $3
  LIMIT $4`

const LOCK = 'SELECT resource FROM slot_limits WHERE organisation_id = $1 ORDER BY resource FOR UPDATE'

const TABLE = `
  SELECT l.resource, l.most - (
      SELECT count(*)::int FROM steps AS s
      WHERE s.organisation_id = l.organisation_id AND s.status = 'running' AND s.holds <> '{}'
        AND l.resource = ANY (s.holds)) AS free,
    ARRAY(${RUNS_IN_TURN}) AS waiting
  FROM slot_limits AS l WHERE l.organisation_id = $1`

/** Locks the limits of an organisation until the commit. Null where it has none. */
export async function slotTable(client: PoolClient, organisationId: string): Promise<SlotTable | null> {
  const values = [organisationId]
  const { rows: limits } = await client.query({ name: 'slot-limits', text: LOCK, values })
  if (limits.length === 0) return null
  // A statement of its own: it sees what was committed while the lock was waited for.
  const { rows } = await client.query<{ resource: string; free: number; waiting: string[] }>({
    name: 'slot-table',
    text: TABLE,
    values,
  })
  return { resources: new Map(rows.map(({ resource, free, waiting }) => [resource, { free, waiting }])) }
}

/** How each limited resource stands for a run. */
export function sharesOf({ resources }: SlotTable, runId: string): Map<string, SlotShare> {
  return new Map(
    [...resources].map(([resource, { free, waiting }]) => {
      const place = waiting.indexOf(runId)
      const others = place < 0 ? waiting.length : waiting.length - 1
      return [resource, { free, ahead: place < 0 ? others : place, others }]
    }),
  )
}

/** What a step's change of state does to the places that are left within the same commit. */
export function moveSlots(
  table: SlotTable | null,
  { holds }: Pick<StepRecord, 'holds'>,
  ran: boolean,
  runs: boolean,
): void {
  if (!table || ran === runs) return
  for (const resource of holds) {
    const kept = table.resources.get(resource)
    if (kept) kept.free += runs ? -1 : 1
  }
}
