import type { Pool } from 'pg'
import type { RunStore } from '#run/interfaces.ts'
import { OUTPUT_COLUMNS, STEP_COLUMNS, outputOf, stepOf } from './run-rows.ts'
import type { OutputRow, StepRow } from './run-rows.ts'
import { COMMIT, begin, together, withConnection } from './run-store-connection.ts'

/** Further back nobody looks. */
const MAX_STEPS = 50

const WAY = `
  WITH RECURSIVE way AS (
    SELECT s.id, s.input_id, 1 AS far FROM outputs AS o JOIN steps AS s ON s.id = o.step_id WHERE o.id = $1
    UNION ALL
    SELECT s.id, s.input_id, way.far + 1 FROM way
    JOIN outputs AS o ON o.id = way.input_id JOIN steps AS s ON s.id = o.step_id WHERE way.far < ${MAX_STEPS})`

const STEPS = `${WAY} SELECT ${STEP_COLUMNS} FROM (
    SELECT s.*, way.far FROM way JOIN steps AS s ON s.id = way.id) AS found ORDER BY far`

const OUTPUTS = `${WAY} SELECT ${OUTPUT_COLUMNS} FROM outputs AS o WHERE o.step_id IN (SELECT id FROM way)
  ORDER BY o.step_id, length(o.id), o.id COLLATE "C"`

/** Of a run, and of those that it took finished steps over from: their decisions are bound to the text all the same. */
export const APPROVED = `
  WITH RECURSIVE own AS (
    SELECT id, retry_of, rerun_of FROM runs WHERE id = $1
    UNION
    SELECT r.id, r.retry_of, r.rerun_of FROM runs AS r JOIN own ON r.id IN (own.retry_of, own.rerun_of))
  SELECT w.value->'content' AS content FROM step_waits AS w JOIN own ON own.id = w.run_id
  WHERE w.kind = 'approval' AND w.cause = 'answered' AND w.value->>'verdict' = 'approved'`

/** Where an item came from. */
export async function wayTo(
  pool: Pool,
  organisationId: string,
  outputId: string,
): ReturnType<RunStore['way']> {
  const values = [outputId]
  const [, steps, outputs] = await withConnection(pool, (client) =>
    together(client, [
      begin(organisationId),
      { name: 'way-steps', text: STEPS, values },
      { name: 'way-outputs', text: OUTPUTS, values },
      COMMIT,
    ]),
  )
  const putOut = Map.groupBy((outputs.rows as OutputRow[]).map(outputOf), ({ stepId }) => stepId)
  return (steps.rows as StepRow[]).map((row) => {
    const step = stepOf(row)
    return { step, outputs: putOut.get(step.id) ?? [] }
  })
}
