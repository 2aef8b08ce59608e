import pg from 'pg'
import type { RunEventBody } from '#graph'
import type { LockedRun, RunSnapshot, RunStore, RunWrites, Transition } from '#run/interfaces.ts'
import { createRunStore } from '../run-store.ts'
import { testDatabase, testOrganisation, type TestDatabase } from './database.ts'
import { commit, progress, snapshotOf } from './run-fixtures.ts'

export interface RunHarness {
  database: TestDatabase
  store: RunStore
  /** Runs a query as the owner of the tables. */
  rows<T>(text: string, ...values: unknown[]): Promise<T[]>
  /** A run that has begun, of organisation "acme" if not said otherwise. */
  started(first?: (run: RunSnapshot) => RunWrites, organisation?: string): Promise<RunSnapshot>
  /** The run as a transition that writes nothing finds it. */
  seen(run: RunSnapshot, more?: Partial<Transition>): Promise<LockedRun>
  /** Numbers of the run's events. */
  seqs(run: RunSnapshot): Promise<number[]>
  /** A transaction of somebody else, rolled back at the end. */
  holding(text: string, values: unknown[], work: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export const said = (message: string): RunEventBody => ({
  type: 'step.progress',
  stepId: 's',
  nodeId: 'n',
  path: '',
  label: 's',
  attempt: 1,
  message,
})

/** Whose run it is. */
export const BY_ADA = { flowVersionId: null, flowId: null, startedBy: 'ada', request: null }

/** A run store on a database of its own with two organisations, "acme" and "rival". */
export async function runHarness(pipeline: boolean): Promise<RunHarness> {
  const database = await testDatabase()
  await testOrganisation(database, 'acme')
  await testOrganisation(database, 'rival')
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  const pool = new pg.Pool({ connectionString: database.url, max: 8, pipeline })
  const store = createRunStore(pool)
  let runs = 0

  const rows = async <T>(text: string, ...values: unknown[]) => (await admin.query(text, values)).rows as T[]

  return {
    database,
    store,
    rows,

    async started(first = () => ({}), organisation = 'acme') {
      runs += 1
      const run = snapshotOf(organisation, `run_${String(runs).padStart(3, '0')}`)
      const writes = { status: 'running' as const, progress: progress(), ...first(run) }
      await store.createRun(run, writes, BY_ADA)
      return run
    },

    async seen(run, more = {}) {
      let found: LockedRun | undefined
      const apply = (locked: LockedRun) => {
        found = locked
        return null
      }
      const { organisationId, id } = run
      await commit(store, { organisationId, runId: id, stepIds: [], wantReady: 0, ...more, apply })
      if (!found) throw new Error('not applied')
      return found
    },

    async seqs(run) {
      const text = 'SELECT seq FROM run_events WHERE run_id = $1 ORDER BY seq'
      return (await rows<{ seq: number }>(text, run.id)).map(({ seq }) => seq)
    },

    async holding(text, values, work) {
      const client = await admin.connect()
      try {
        await client.query('BEGIN')
        await client.query(text, values)
        await work()
      } finally {
        await client.query('ROLLBACK')
        client.release()
      }
    },

    async close() {
      await Promise.all([admin.end(), pool.end()])
      await database.close()
    },
  }
}
