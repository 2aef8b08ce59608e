import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import type { RunStore } from '#run/interfaces.ts'
import { createRunStore } from './run-store.ts'
import { callOf, commit, outputOf, snapshotOf, stepOf, writing } from './testing/run-fixtures.ts'
import { runHarness, said, type RunHarness } from './testing/run-harness.ts'

/** The rules hold whether the pool's connections pipeline or not. */
describe.each([false, true])('what the store answers, pipelining %s', (pipeline) => {
  let harness: RunHarness
  let store: RunStore
  let started: RunHarness['started']
  let rows: RunHarness['rows']
  let seqs: RunHarness['seqs']

  beforeAll(async () => {
    harness = await runHarness(pipeline)
    ;({ store, started, rows, seqs } = harness)
  })

  afterAll(() => harness.close())

  test('a lease runs from the database clock, is renewed by a heartbeat that names its step and found when it is lost', async () => {
    const run = await started((own) => ({
      newSteps: [
        stepOf(own, 'a', { status: 'running', attempt: 1, leaseOwner: `w${own.id}` }),
        stepOf(own, 'b'),
      ],
    }))
    const [a, b] = [`${run.id}-a`, `${run.id}-b`]
    const lost = async () => (await store.lostLeases(1_000)).filter((ref) => ref.runId === run.id)
    expect(await lost()).toEqual([])
    const change = {
      id: a,
      status: 'running' as const,
      attempt: 1,
      leaseOwner: `w${run.id}`,
      leaseSeconds: -1,
    }
    await commit(store, writing(run, { stepChanges: [change] }, [a]))
    expect(await lost()).toEqual([{ organisationId: 'acme', runId: run.id, stepId: a, attempt: 1 }])
    await store.heartbeat(`w${run.id}`, [b], 30)
    expect(await lost()).toHaveLength(1)
    await store.heartbeat(`w${run.id}`, [a, b], 30)
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
    const at = { organisationId: 'acme', runId: run.id, stepId: call.stepId }
    expect(await store.findCall(at, 'k1')).toMatchObject({ call, paused: false })
    expect(await store.findCall(at, 'k2')).toMatchObject({ call: null, paused: false })
    const elsewhere = { ...at, organisationId: 'rival' }
    expect(await store.findCall(elsewhere, 'k1')).toMatchObject({ call: null, paused: false })
    await commit(store, writing(run, { status: 'paused' }))
    expect(await store.findCall(at, 'k1')).toMatchObject({ call, paused: true })
    expect(await store.findCall(elsewhere, 'k1')).toMatchObject({ call: null, paused: false })
  })

  test('outputs are gathered from the named ports in stable order, JSON null among them', async () => {
    const run = await started()
    const step = stepOf(run, 'a')
    const output = (id: string, ordinal: number[], port: string, value: string | null) =>
      outputOf(step, value, { id: `${run.id}.${id}`, ordinal, port })
    await commit(
      store,
      writing(run, {
        outputs: [
          output('3', [1], 'x', 'c'),
          output('2', [0, 1], 'x', null),
          output('1', [0], 'y', 'a'),
          output('4', [2], 'z', 'd'),
        ],
      }),
    )
    const sources = [
      { nodeId: 'write', port: 'x' },
      { nodeId: 'write', port: 'y' },
      { nodeId: 'other', port: 'z' },
    ]
    expect((await store.gather('acme', run.id, sources)).map(({ value }) => value)).toEqual(['a', null, 'c'])
  })

  test('the way of an item names the steps that it came through, the last first, with all that they put out', async () => {
    const run = await started()
    const [first, last] = [stepOf(run, 'a'), { ...stepOf(run, 'b'), inputId: `${run.id}-a.0` }]
    const outputs = [
      outputOf(first, 'one'),
      outputOf(first, 'two', { id: `${run.id}-a.1` }),
      outputOf(last, 'end'),
    ]
    await commit(store, writing(run, { newSteps: [first, last], outputs }))
    const way = async (organisation: string) =>
      (await store.way(organisation, `${run.id}-b.0`)).map(({ step, outputs: put }) => [
        step.id,
        put.map(({ value }) => value),
      ])
    expect(await way('acme')).toEqual([
      [last.id, ['end']],
      [first.id, ['one', 'two']],
    ])
    expect(await way('rival')).toEqual([])
  })

  test('one batch serves several organisations, each under its own walls', async () => {
    const ours = await started()
    const theirs = await started(undefined, 'rival')
    const foreign = { ...writing(theirs, { events: [said('stolen')] }), organisationId: 'acme' }
    const results = await store.transact([
      writing(theirs, { events: [said('theirs')] }),
      foreign,
      writing(ours, { events: [said('ours')] }),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: { failure: { code: 'not_found.run' } } })
    expect([await seqs(ours), await seqs(theirs)]).toEqual([[1], [1]])
  })

  test("another organisation's runs and outputs are not found", async () => {
    const run = await started()
    await commit(store, writing(run, { outputs: [outputOf(stepOf(run, 'a'), 'secret')] }))
    await expect(store.snapshot('rival', run.id)).rejects.toMatchObject({
      failure: { code: 'not_found.run' },
    })
    await expect(store.output('rival', `${run.id}-a.0`)).rejects.toMatchObject({
      failure: { code: 'not_found.output' },
    })
    expect(await store.gather('rival', run.id, [{ nodeId: 'write', port: 'out' }])).toEqual([])
  })

  test('a lost database rejects every transition as something to try again', async () => {
    const gone = new pg.Pool({ connectionString: harness.database.url.replace(/:\d+\//, ':1/'), pipeline })
    const run = snapshotOf('acme', 'unreachable')
    const results = await createRunStore(gone).transact([writing(run, {}), writing(run, {})])
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { failure: { code: 'store.unavailable', retryable: true } },
      })
    }
    await gone.end()
  })

  test('a commit whose connection is cut writes nothing, and the pool goes on', async () => {
    const run = await started()
    const cut = writing(run, { events: [said('cut')] })
    const waiting = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await harness.holding('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE', [run.id], async () => {
      const committing = store.transact([cut])
      await expect.poll(async () => (await rows(`SELECT pid ${waiting}`)).length).toBe(1)
      await rows(`SELECT pg_terminate_backend(pid) ${waiting}`)
      expect(await committing).toMatchObject([
        { status: 'rejected', reason: { failure: { code: 'store.unavailable', retryable: true } } },
      ])
    })
    expect(await seqs(run)).toEqual([])
    await commit(store, cut)
    expect(await seqs(run)).toEqual([1])
  })

  test('a heartbeat waits for no commit: it passes over steps that are held and renews the others', async () => {
    const worker = `w${pipeline}`
    const taken = { status: 'running', attempt: 1, leaseOwner: worker } as const
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a', taken), stepOf(own, 'b', taken)] }))
    const [a, b] = [`${run.id}-a`, `${run.id}-b`]
    const lost = (id: string) => ({ id, ...taken, leaseSeconds: -1 })
    await commit(store, writing(run, { stepChanges: [lost(a), lost(b)] }, [a, b]))
    await harness.holding('SELECT 1 FROM steps WHERE id = $1 FOR UPDATE', [a], () =>
      store.heartbeat(worker, [a, b], 30),
    )
    const refs = (await store.lostLeases(1_000)).filter((ref) => ref.runId === run.id)
    expect(refs.map((ref) => ref.stepId)).toEqual([a])
  })
})
