import type { Pool } from 'pg'
import { type ChildSummary, type Failure, type RunStatus, labelOf } from '#graph'
import { queryIn } from './run-store-connection.ts'

/** More than anybody reads. */
const MOST = 2_000

const CHILDREN = `
  SELECT c.step_id, s.node_id, s.label, c.place, w.spec -> 'inputs' -> c.place -> 'item' AS item, child.id AS child_id,
    child.flow_name, child.status, coalesce(c.failure, child.failure) AS failure, c.ended_at IS NOT NULL AS ended
  FROM runs AS r
  LEFT JOIN (child_runs AS c JOIN steps AS s ON s.id = c.step_id
    JOIN step_waits AS w ON w.step_id = c.step_id AND w.attempt = c.attempt
    LEFT JOIN runs AS child ON child.id = c.run_id) ON c.parent_run_id = r.id
  WHERE r.id = $1
  ORDER BY s.ordinal, s.node_id COLLATE "C", s.path COLLATE "C", c.attempt, c.place LIMIT ${MOST}`

interface ChildRow {
  step_id: string
  node_id: string
  label: string
  place: number
  item: unknown
  child_id: string | null
  flow_name: string | null
  status: RunStatus | null
  failure: Failure | null
  ended: boolean
}

export async function childrenOf(
  pool: Pool,
  organisationId: string,
  runId: string,
): Promise<ChildSummary[] | null> {
  const query = { name: 'run-children', text: CHILDREN, values: [runId] }
  const rows = await queryIn<ChildRow | { step_id: null }>(pool, organisationId, query)
  if (rows.length === 0) return null
  return rows.flatMap((row) => {
    if (row.step_id === null) return []
    const { step_id, node_id, label, place, item, child_id, flow_name, status, failure, ended } = row
    return [
      {
        stepId: step_id,
        nodeId: node_id,
        label,
        place,
        about: labelOf(item),
        runId: child_id,
        flowName: flow_name,
        status,
        failure,
        ended,
      },
    ]
  })
}
