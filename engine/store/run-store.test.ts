import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { PressroomError, type RunEventBody } from '#graph'
import type { LockedRun, RunSnapshot, RunStore, RunWrites, Transition } from '#run/interfaces.ts'
import { createRunStore } from './run-store.ts'
import { type TestDatabase, testDatabase, testOrganisation } from './testing/database.ts'
import * as fixture from './testing/run-fixtures.ts'

const { callOf, commit, outputOf, progress, snapshotOf, stepOf, writing } = fixture

let database: TestDatabase
let admin: pg.Pool

beforeAll(async () => {
  database = await testDatabase()
  await testOrganisation(database, 'acme')
  await testOrganisation(database, 'rival')
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
})

afterAll(async () => {
  await admin.end()
  await database.close()
})

let runs = 0

const event = (message: string): RunEventBody => ({
  ...{ type: 'step.progress', stepId: 's', nodeId: 'n', path: '', label: 's', attempt: 1, message },
})

/** The rules hold whether the pool's connections pipeline or not. */
describe.each([{ pipeline: false }, { pipeline: true }])('run store with pipeline $pipeline', ({ pipeline }) => {
  let pool: pg.Pool
  let store: RunStore

  beforeAll(() => {
    pool = new pg.Pool({ connectionString: database.url, max: 8, pipeline })
    store = createRunStore(pool)
  })

  afterAll(() => pool.end())

  async function started(first: (run: RunSnapshot) => RunWrites = () => ({}), organisation = 'acme') {
    runs += 1
    const run = snapshotOf(organisation, `run_${runs}`)
    await store.createRun(run, null, { status: 'running', progress: progress(), ...first(run) }, 'ada')
    return run
  }

  async function seen(run: RunSnapshot, more: Partial<Transition> = {}): Promise<LockedRun> {
    let found: LockedRun | undefined
    const apply = (locked: LockedRun) => {
      found = locked
      return null
    }
    await commit(store, { organisationId: run.organisationId, runId: run.id, stepIds: [], wantReady: 0, ...more, apply })
    if (!found) throw new Error('not applied')
    return found
  }

  async function rows<T>(text: string, ...values: unknown[]): Promise<T[]> {
    return (await admin.query(text, values)).rows as T[]
  }

  const seqs = async (run: RunSnapshot) =>
    (await rows<{ seq: number }>('SELECT seq FROM run_events WHERE run_id = $1 ORDER BY seq', run.id)).map((r) => r.seq)

  test('a created run keeps its snapshot, its first steps and its first events', async () => {
    const run = await started((own) => ({
      newSteps: [stepOf(own, 'a')],
      progress: progress(1),
      events: [{ type: 'run.started', plannedSteps: 1, plannedDrafts: 0 }],
    }))
    expect(await store.snapshot('acme', run.id)).toEqual(run)
    const locked = await seen(run, { stepIds: [`${run.id}-a`], wantReady: 5 })
    expect(locked).toMatchObject({ status: 'running', cancelRequested: false, seq: 1, progress: { ready: 1 } })
    expect(locked.ready).toEqual([stepOf(run, 'a')])
    expect(locked.steps.get(`${run.id}-a`)).toEqual(stepOf(run, 'a'))
    expect(await rows('SELECT started_by FROM runs WHERE id = $1', run.id)).toEqual([{ started_by: 'ada' }])
  })

  test('a run is not created without its progress', async () => {
    const run = snapshotOf('acme', `run_without_${pipeline}`)
    await expect(store.createRun(run, null, {})).rejects.toThrow(PressroomError)
    expect(await rows('SELECT 1 FROM runs WHERE id = $1', run.id)).toEqual([])
  })

  test('events of concurrent commits are numbered without gaps and in the order of their commits', async () => {
    const run = await started()
    const batches = Array.from({ length: 20 }, (_, lane) =>
      store.transact(
        Array.from({ length: 5 }, (__, index) => writing(run, { events: [event(`${lane}`), event(`${index}`)] })),
      ),
    )
    const verdicts = (await Promise.all(batches)).flat()
    expect(verdicts.every((verdict) => verdict.status === 'fulfilled')).toBe(true)
    expect(await seqs(run)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    expect((await seen(run)).seq).toBe(200)
    const clock = await rows<{ at: Date }>('SELECT at FROM run_events WHERE run_id = $1 ORDER BY seq', run.id)
    const times = clock.map(({ at }) => at.getTime())
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('transitions of one batch see what earlier ones of their run wrote', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a', { ordinal: [1] })], progress: progress(1) }))
    const [a, b] = [`${run.id}-a`, `${run.id}-b`]
    const looks: LockedRun[] = []
    const take: Transition = {
      ...{ organisationId: 'acme', runId: run.id, stepIds: [a, b], wantReady: 1 },
      apply(locked) {
        looks.push(locked)
        const [step] = locked.ready
        if (!step) return null
        return {
          progress: progress(locked.progress.ready - 1),
          stepChanges: [{ id: step.id, status: 'running', attempt: 1, leaseOwner: 'w', leaseSeconds: 5 }],
          newSteps: step.id === a ? [stepOf(run, 'b', { ordinal: [2] })] : [],
          events: [event(step.label)],
        }
      },
    }
    await store.transact([take, take, take])
    expect(looks.map((look) => look.ready.map((step) => step.path))).toEqual([['a'], ['b'], []])
    expect(looks.map((look) => look.seq)).toEqual([0, 1, 2])
    expect(looks.map((look) => look.progress.ready)).toEqual([1, 0, -1])
    expect(looks[1]?.steps.get(a)).toMatchObject({ status: 'running', attempt: 1, leaseOwner: 'w' })
    const locked = await seen(run, { stepIds: [a, b] })
    expect([...locked.steps.values()].map(({ status, leaseOwner }) => ({ status, leaseOwner }))).toEqual([
      { status: 'running', leaseOwner: 'w' },
      { status: 'running', leaseOwner: 'w' },
    ])
    expect(locked.steps.get(b)?.startedAt).not.toBeNull()
  })

  test('ready steps come in stable order, as many as wanted, and delayed ones only on request', async () => {
    const run = await started((own) => ({
      newSteps: [
        stepOf(own, 'c', { ordinal: [1, 0] }),
        stepOf(own, 'b', { ordinal: [1] }),
        stepOf(own, 'a', { ordinal: [0, 5] }),
        { ...stepOf(own, 'later', { ordinal: [0] }), notBefore: '2999-01-01T00:00:00.000Z' },
      ],
      progress: progress(4),
    }))
    const paths = async (more: Partial<Transition>) => (await seen(run, more)).ready.map((step) => step.path)
    expect(await paths({ wantReady: 9 })).toEqual(['a', 'b', 'c'])
    expect(await paths({ wantReady: 2 })).toEqual(['a', 'b'])
    expect(await paths({ wantReady: 1_000_000, delayedToo: true })).toEqual(['later', 'a', 'b', 'c'])
    expect(await paths({ wantReady: 0 })).toEqual([])
  })

  test('a delayed step in the same batch is shown only to a transition that asks for delayed ones', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')], progress: progress(1) }))
    const id = `${run.id}-a`
    const delay = { id, status: 'ready' as const, attempt: 1, leaseOwner: null, delayMs: 60_000 }
    const found: string[][] = []
    const look = (delayedToo: boolean): Transition => ({
      ...{ organisationId: 'acme', runId: run.id, stepIds: [], wantReady: 5, delayedToo },
      apply(locked) {
        found.push(locked.ready.map((step) => step.id))
        return null
      },
    })
    await store.transact([writing(run, { stepChanges: [delay] }, [id]), look(false), look(true)])
    expect(found).toEqual([[], [id]])
  })

  test('a transition that applies to null writes nothing', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a', { attempt: 2 })], events: [event('first')] }))
    const stale: Transition = {
      ...{ organisationId: 'acme', runId: run.id, stepIds: [`${run.id}-a`], wantReady: 0 },
      apply: (locked) => (locked.steps.get(`${run.id}-a`)?.attempt === 1 ? { events: [event('late')] } : null),
    }
    expect(await store.transact([stale])).toEqual([{ status: 'fulfilled', value: undefined }])
    expect(await seqs(run)).toEqual([1])
  })

  test('a transition that throws fails alone', async () => {
    const run = await started()
    const fault = new Error('apply threw')
    const throwing: Transition = {
      ...writing(run, {}),
      apply() {
        throw fault
      },
    }
    const results = await store.transact([
      writing(run, { events: [event('one')] }),
      throwing,
      writing(run, { events: [event('two')] }),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: fault })
    expect(await seqs(run)).toEqual([1, 2])
  })

  test('a row that the database refuses takes its whole transition with it and no other', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
    const step = stepOf(run, 'a')
    const done = { id: step.id, status: 'succeeded' as const, attempt: 1, leaseOwner: null }
    await commit(store, writing(run, { outputs: [outputOf(step, 'kept')] }))
    const others = Array.from({ length: 7 }, (_, index) => writing(run, { events: [event(`${index}`)] }))
    const guilty = writing(run, { outputs: [outputOf(step, 'twice')], stepChanges: [done], events: [event('no')] }, [step.id])
    const results = await store.transact([...others.slice(0, 3), guilty, ...others.slice(3)])
    expect(results.map((result) => result.status)).toEqual(
      Array.from({ length: 8 }, (_, index) => (index === 3 ? 'rejected' : 'fulfilled')),
    )
    expect(results[3]).toMatchObject({ reason: { failure: { code: 'store.refused', retryable: false } } })
    expect(await seqs(run)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect((await seen(run, { stepIds: [step.id] })).steps.get(step.id)?.status).toBe('ready')
    expect((await store.output('acme', `${step.id}.0`)).value).toBe('kept')
  })

  test('a change of a step that the transition did not name is refused', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
    const change = { id: `${run.id}-a`, status: 'running' as const, attempt: 1, leaseOwner: 'w' }
    await expect(commit(store, writing(run, { stepChanges: [change] }))).rejects.toMatchObject({
      failure: { code: 'store.unknown_step' },
    })
  })

  test('a finished attempt is kept with the times of the database', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
    const id = `${run.id}-a`
    const failure = { code: 'model.timeout', message: 'm', fix: 'f', retryable: true, facts: {} }
    const base = { id, leaseOwner: null }
    await commit(store, writing(run, { stepChanges: [{ ...base, status: 'running', attempt: 1, leaseOwner: 'w' }] }, [id]))
    const finishedAttempt = { attempt: 1, status: 'failed' as const, failure, worker: 'w' }
    await commit(
      store,
      writing(run, { stepChanges: [{ ...base, status: 'ready', attempt: 1, failure, finishedAttempt }] }, [id]),
    )
    const [step] = await rows<Record<string, unknown>>('SELECT * FROM steps WHERE id = $1', id)
    expect(step).toMatchObject({ status: 'ready', failure, lease_owner: null, lease_until: null, finished_at: null })
    const startedAt = (step?.['started_at'] as Date).toISOString()
    const attempts = (await seen(run, { stepIds: [id] })).steps.get(id)?.attempts
    expect(attempts).toEqual([{ ...finishedAttempt, startedAt, finishedAt: expect.stringMatching(/Z$/) }])
    await commit(
      store,
      writing(run, { stepChanges: [{ ...base, status: 'succeeded', attempt: 2, failure: null }] }, [id]),
    )
    const [after] = await rows<Record<string, unknown>>('SELECT failure, finished_at FROM steps WHERE id = $1', id)
    expect(after).toEqual({ failure: null, finished_at: expect.any(Date) })
  })

  test('a lease runs from the database clock, is renewed by a heartbeat and found when it is lost', async () => {
    const run = await started((own) => ({
      newSteps: [stepOf(own, 'a', { status: 'running', attempt: 1, leaseOwner: `w${own.id}` }), stepOf(own, 'b')],
    }))
    const [a, b] = [`${run.id}-a`, `${run.id}-b`]
    const lost = async () => (await store.lostLeases(1_000)).filter((ref) => ref.runId === run.id)
    expect(await lost()).toEqual([])
    const change = { id: a, status: 'running' as const, attempt: 1, leaseOwner: `w${run.id}`, leaseSeconds: -1 }
    await commit(store, writing(run, { stepChanges: [change] }, [a]))
    expect(await lost()).toEqual([{ organisationId: 'acme', runId: run.id, stepId: a, attempt: 1 }])
    await store.heartbeat(`w${run.id}`, 30)
    expect(await lost()).toEqual([])
    expect((await store.forgottenSteps(-1_000, 1_000)).map((ref) => ref.stepId)).toContain(b)
    expect((await store.forgottenSteps(600_000, 1_000)).map((ref) => ref.stepId)).not.toContain(b)
  })

  test('a run whose cancellation was asked for is found until it ends', async () => {
    const run = await started()
    const other = await started()
    await commit(store, writing(run, { cancelRequested: true }))
    expect(await store.cancelledRuns([run.id, other.id])).toEqual([run.id])
    await commit(store, writing(run, { status: 'cancelled' }))
    expect(await store.cancelledRuns([run.id, other.id])).toEqual([])
    const [row] = await rows('SELECT status, finished_at FROM runs WHERE id = $1', run.id)
    expect(row).toEqual({ status: 'cancelled', finished_at: expect.any(Date) })
  })

  test('a finished call is found again by its step and key', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')] }))
    const call = callOf(stepOf(run, 'a'), 'k1')
    await commit(store, writing(run, { calls: [call] }))
    expect(await store.findCall('acme', call.stepId, 'k1')).toEqual(call)
    expect(await store.findCall('acme', call.stepId, 'k2')).toBeNull()
    expect(await store.findCall('rival', call.stepId, 'k1')).toBeNull()
  })

  test('outputs are gathered from the named ports in stable order, JSON null among them', async () => {
    const run = await started()
    const step = stepOf(run, 'a')
    const output = (id: string, ordinal: number[], port: string, value: string | null) =>
      outputOf(step, value, { id: `${run.id}.${id}`, ordinal, port })
    await commit(
      store,
      writing(run, { outputs: [output('3', [1], 'x', 'c'), output('2', [0, 1], 'x', null), output('1', [0], 'y', 'a'), output('4', [2], 'z', 'd')] }),
    )
    const sources = [
      { nodeId: 'write', port: 'x' },
      { nodeId: 'write', port: 'y' },
      { nodeId: 'other', port: 'z' },
    ]
    expect((await store.gather('acme', run.id, sources)).map(({ value }) => value)).toEqual(['a', null, 'c'])
  })

  test('text that Postgres has no place for is marked, not lost', async () => {
    const run = await started()
    const text = 'a\u0000b\ud800c \\u0000 "quoted" \n \u0001'
    await commit(store, writing(run, { outputs: [outputOf(stepOf(run, 'a'), text)], events: [event(text)] }))
    expect((await store.output('acme', `${run.id}-a.0`)).value).toBe('a\ufffdb\ufffdc \\u0000 "quoted" \n \u0001')
  })

  test('one batch serves several organisations, each under its own walls', async () => {
    const ours = await started()
    const theirs = await started(undefined, 'rival')
    const foreign = { ...writing(theirs, { events: [event('stolen')] }), organisationId: 'acme' }
    const results = await store.transact([
      writing(theirs, { events: [event('theirs')] }),
      foreign,
      writing(ours, { events: [event('ours')] }),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: { failure: { code: 'not_found.run' } } })
    expect([await seqs(ours), await seqs(theirs)]).toEqual([[1], [1]])
  })

  test("another organisation's runs and outputs are not found", async () => {
    const run = await started()
    await commit(store, writing(run, { outputs: [outputOf(stepOf(run, 'a'), 'secret')] }))
    await expect(store.snapshot('rival', run.id)).rejects.toMatchObject({ failure: { code: 'not_found.run' } })
    await expect(store.output('rival', `${run.id}-a.0`)).rejects.toMatchObject({ failure: { code: 'not_found.output' } })
    expect(await store.gather('rival', run.id, [{ nodeId: 'write', port: 'out' }])).toEqual([])
  })

  test('a lost database rejects every transition as something to try again', async () => {
    const gone = new pg.Pool({ connectionString: database.url.replace(/:\d+\//, ':1/'), pipeline })
    const run = snapshotOf('acme', 'unreachable')
    const results = await createRunStore(gone).transact([writing(run, {}), writing(run, {})])
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { failure: { code: 'store.unavailable', retryable: true } } })
    }
    await gone.end()
  })

  test('a commit whose connection is cut writes nothing, and the pool goes on', async () => {
    const run = await started()
    const cut: Transition = {
      ...writing(run, {}),
      apply: () => ({ events: [event('cut')] }),
    }
    const blocker = await admin.connect()
    await blocker.query('BEGIN')
    await blocker.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [run.id])
    const waiting = store.transact([cut])
    await expect
      .poll(async () => (await rows(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).length)
      .toBe(1)
    await rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    expect(await waiting).toMatchObject([{ status: 'rejected', reason: { failure: { code: 'store.unavailable' } } }])
    await blocker.query('COMMIT')
    blocker.release()
    expect(await seqs(run)).toEqual([])
    await commit(store, cut)
    expect(await seqs(run)).toEqual([1])
  })
})
