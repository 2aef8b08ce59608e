import type { Pool } from 'pg'
import type { RunStatus } from '#graph'
import type { EarlierRun } from '#run/interfaces.ts'
import { OUTPUT_COLUMNS, outputOf, snapshotOf } from './run-rows.ts'
import type { OutputRow, SnapshotRow } from './run-rows.ts'
import { COMMIT, begin, together, withConnection } from './run-store-connection.ts'
import { runNotFound } from './run-store-transact.ts'

const RUN = 'SELECT status, flow_id, flow_version_id, input, seed, snapshot FROM runs WHERE id = $1'

const STEPS = `SELECT id, node_id AS "nodeId", path, label, status FROM steps WHERE run_id = $1`

// An output's id ends in its place among those of its step.
const OUTPUTS = `SELECT ${OUTPUT_COLUMNS} FROM outputs AS o WHERE o.run_id = $1
  ORDER BY o.step_id COLLATE "C", length(o.id), o.id COLLATE "C"`

interface RunRow extends SnapshotRow {
  status: RunStatus
  flow_id: string | null
  flow_version_id: string | null
}

/** All of a run that another one may take over, as it stood at one moment. */
export async function earlierRun(pool: Pool, organisationId: string, runId: string): Promise<EarlierRun> {
  const values = [runId]
  const [, runs, steps, outputs] = await withConnection(pool, (client) =>
    together(client, [
      begin(organisationId, 'ISOLATION LEVEL REPEATABLE READ READ ONLY'),
      { name: 'earlier-run', text: RUN, values },
      { name: 'earlier-steps', text: STEPS, values },
      { name: 'earlier-outputs', text: OUTPUTS, values },
      COMMIT,
    ]),
  )
  const [run] = runs.rows as RunRow[]
  if (!run) throw runNotFound(runId)
  return {
    snapshot: snapshotOf(organisationId, runId, run),
    status: run.status,
    flowId: run.flow_id,
    flowVersionId: run.flow_version_id,
    steps: steps.rows as EarlierRun['steps'],
    outputs: (outputs.rows as OutputRow[]).map(outputOf),
  }
}
