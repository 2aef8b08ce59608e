/**
 * Group commit: many transitions, one transaction, a fixed number of statements per organisation.
 *
 * R3: everything that a transition writes is in the same commit, decided under its run's lock.
 * R7: transitions of many runs share the commit; one that fails fails alone.
 */
import type { Pool, PoolClient } from 'pg'
import { PressroomError } from '#graph'
import type { LockedRun, StepRecord, Transition } from '#run/interfaces.ts'
import { STEP_COLUMNS, stepOf } from './run-rows.ts'
import type { RunLockRow, StepRow } from './run-rows.ts'
import { applyTransition, noChanges } from './run-store-changes.ts'
import type { RunState } from './run-store-changes.ts'
import { COMMIT, begin, enter, isRefused, together, withConnection } from './run-store-connection.ts'
import { type SlotTable, slotTable } from './run-store-slots.ts'
import { writeQuery } from './run-store-writes.ts'

/** More ready steps than a run can have. */
const MAX_READY = 1_000_000

type Result = PromiseSettledResult<void>

// The clock is read after the lock was taken, so times in a run's log never run backwards.
const LOCK = `
  WITH locked AS MATERIALIZED (
    SELECT id, status, cancel_requested, progress, last_seq FROM runs WHERE id = ANY ($1::text[])
    ORDER BY id FOR NO KEY UPDATE)
  SELECT *, date_trunc('milliseconds', clock_timestamp()) AS at FROM locked`

const STEPS = `
  SELECT false AS is_ready, not_before > clock_timestamp() AS is_delayed, ${STEP_COLUMNS} FROM steps WHERE id = ANY ($1::text[])
  UNION ALL
  SELECT true, s.* FROM unnest($2::text[], $3::int[], $4::bool[]) AS wanted(run, count, delayed)
  CROSS JOIN LATERAL (
    SELECT not_before > clock_timestamp(), ${STEP_COLUMNS} FROM steps
    WHERE run_id = wanted.run AND status = 'ready' AND (wanted.delayed OR not_before <= clock_timestamp())
    ORDER BY ordinal, node_id COLLATE "C", path COLLATE "C" LIMIT wanted.count) AS s`

/** Never rejects. When the database itself is the fault, every transition is rejected and may be tried again. */
export async function transact(pool: Pool, batch: Transition[]): Promise<Result[]> {
  if (batch.length === 0) return []
  try {
    return await withConnection(pool, (client) => commit(client, batch))
  } catch (reason) {
    if (batch.length === 1 || !isRefused(reason)) return batch.map(() => ({ status: 'rejected', reason }))
    // Halving finds the guilty one in a few commits and keeps the order.
    const middle = batch.length >> 1
    const first = await transact(pool, batch.slice(0, middle))
    return [...first, ...(await transact(pool, batch.slice(middle)))]
  }
}

async function commit(client: PoolClient, batch: Transition[]): Promise<Result[]> {
  const results: Result[] = []
  // Organisations and runs are locked in one order everywhere, so that commits never wait for each other in a ring.
  const organisations = [...new Set(batch.map((transition) => transition.organisationId))].sort()
  for (const [index, organisationId] of organisations.entries()) {
    const own = [...batch.entries()].filter(([, transition]) => transition.organisationId === organisationId)
    const opening = index === 0 ? begin(organisationId) : enter(organisationId)
    const states = await lock(
      client,
      opening,
      organisationId,
      own.map(([, transition]) => transition),
    )
    const changes = noChanges()
    for (const [position, transition] of own) {
      try {
        applyTransition(runOf(states, transition), transition, changes)
        results[position] = { status: 'fulfilled', value: undefined }
      } catch (reason) {
        results[position] = { status: 'rejected', reason }
      }
    }
    const write = writeQuery(organisationId, changes)
    const isLast = index === organisations.length - 1
    await together(client, [...(write ? [write] : []), ...(isLast ? [COMMIT] : [])])
  }
  return results
}

/**
 * One transition in one commit with rows that are no run's own: `along` reads and writes them while the run is locked,
 * and says what is written of the run.
 */
export async function transactAlong<T>(
  pool: Pool,
  transition: Omit<Transition, 'apply'>,
  along: (client: PoolClient, run: LockedRun, apply: (change: Transition['apply']) => void) => Promise<T>,
): Promise<T> {
  const { organisationId } = transition
  return withConnection(pool, async (client) => {
    const whole: Transition = { ...transition, apply: () => null }
    const states = await lock(client, begin(organisationId), organisationId, [whole])
    const state = runOf(states, whole)
    const changes = noChanges()
    const result = await along(client, state.run, (apply) =>
      applyTransition(state, { ...transition, apply }, changes),
    )
    const write = writeQuery(organisationId, changes)
    await together(client, [...(write ? [write] : []), COMMIT])
    return result
  })
}

async function lock(
  client: PoolClient,
  opening: ReturnType<typeof begin>,
  organisationId: string,
  transitions: Transition[],
): Promise<Map<string, RunState>> {
  const runIds = [...new Set(transitions.map((transition) => transition.runId))]
  const [, locked] = await together(client, [opening, { name: 'run-lock', text: LOCK, values: [runIds] }])
  const states = new Map<string, RunState>()
  const slots = transitions.some(({ takesSlots }) => takesSlots)
    ? await slotTable(client, organisationId)
    : null
  for (const row of locked.rows as RunLockRow[]) states.set(row.id, stateOf(organisationId, row, slots))

  await addWaiting(client, states, transitions)
  const stepIds = [...new Set(transitions.flatMap((transition) => transition.stepIds))]
  const wanted = wantedReady(states, transitions)
  if (stepIds.length === 0 && wanted.size === 0) return states
  const wants = [...wanted.values()]
  const values = [
    stepIds,
    [...wanted.keys()],
    wants.map((want) => want.count),
    wants.map((want) => want.delayed),
  ]
  const steps = await client.query<StepRow & { is_ready: boolean; is_delayed: boolean }>({
    name: 'run-steps',
    text: STEPS,
    values,
  })
  for (const row of steps.rows) {
    const state = states.get(row.run_id)
    if (!state) continue
    const step = stepOf(row)
    state.run.steps.set(step.id, step)
    if (row.is_ready) state.run.ready.push(step)
    const dueLater = row.is_delayed && (row.status === 'ready' || row.status === 'waiting')
    if (dueLater) state.delayed.add(step.id)
  }
  return states
}

/** Few transitions want them, so the others are spared the question. */
async function addWaiting(
  client: PoolClient,
  states: Map<string, RunState>,
  transitions: Transition[],
): Promise<void> {
  const runIds = transitions.filter(({ waitingToo }) => waitingToo).map(({ runId }) => runId)
  if (runIds.length === 0) return
  const text = `SELECT ${STEP_COLUMNS} FROM steps WHERE run_id = ANY ($1::text[]) AND status = 'waiting'`
  const { rows } = await client.query<StepRow>({ name: 'run-waiting', text, values: [runIds] })
  for (const row of rows) states.get(row.run_id)?.run.steps.set(row.id, stepOf(row))
}

interface Wanted {
  count: number
  delayed: boolean
}

/** How many ready steps to read per run: enough for all its transitions, though each may take some or name one. */
function wantedReady(states: Map<string, RunState>, transitions: Transition[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const { runId, wantReady, stepIds, delayedToo = false } of transitions) {
    const ready = states.get(runId)?.run.progress.ready ?? 0
    if (ready === 0 || wantReady === 0) continue
    const before = wanted.get(runId) ?? { count: 0, delayed: false }
    const count = Math.min(MAX_READY, before.count + wantReady + stepIds.length)
    wanted.set(runId, { count, delayed: before.delayed || delayedToo })
  }
  return wanted
}

function stateOf(organisationId: string, row: RunLockRow, slots: SlotTable | null): RunState {
  const delayed = new Set<string>()
  return {
    at: row.at,
    delayed,
    slots,
    run: {
      id: row.id,
      organisationId,
      status: row.status,
      cancelRequested: row.cancel_requested,
      progress: { waiting: 0, stop: null, ...row.progress },
      seq: row.last_seq,
      steps: new Map<string, StepRecord>(),
      ready: [],
      waiting: [],
      delayed,
      shares: null,
    },
  }
}

function runOf(states: Map<string, RunState>, transition: Transition): RunState {
  const state = states.get(transition.runId)
  if (state) return state
  throw runNotFound(transition.runId)
}

export function runNotFound(runId: string): PressroomError {
  return new PressroomError({
    code: 'not_found.run',
    message: `There is no run ${runId} here.`,
    fix: 'Look at the list of runs for the right id.',
    facts: { runId },
  })
}
