import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PressroomError } from '#graph'
import type { LockedRun, RunStore, Transition } from '#run/interfaces.ts'
import { commit, outputOf, progress, snapshotOf, stepOf, writing } from './testing/run-fixtures.ts'
import { BY_ADA, runHarness, said, type RunHarness } from './testing/run-harness.ts'

/** The rules hold whether the pool's connections pipeline or not. */
describe.each([false, true])('transitions, pipelining %s', (pipeline) => {
  let harness: RunHarness
  let store: RunStore
  let started: RunHarness['started']
  let seen: RunHarness['seen']
  let rows: RunHarness['rows']
  let seqs: RunHarness['seqs']

  beforeAll(async () => {
    harness = await runHarness(pipeline)
    ;({ store, started, seen, rows, seqs } = harness)
  })

  afterAll(() => harness.close())

  test('a created run keeps its snapshot, its first steps and its first events', async () => {
    const run = await started((own) => ({
      newSteps: [stepOf(own, 'a')],
      progress: progress(1),
      events: [{ type: 'run.started', plannedSteps: 1, plannedDrafts: 0 }],
    }))
    expect(await store.snapshot('acme', run.id)).toEqual(run)
    const locked = await seen(run, { stepIds: [`${run.id}-a`], wantReady: 5 })
    expect(locked).toMatchObject({
      status: 'running',
      cancelRequested: false,
      seq: 1,
      progress: { ready: 1 },
    })
    expect(locked.ready).toEqual([stepOf(run, 'a')])
    expect(locked.steps.get(`${run.id}-a`)).toEqual(stepOf(run, 'a'))
    expect(await rows('SELECT started_by FROM runs WHERE id = $1', run.id)).toEqual([{ started_by: 'ada' }])
  })

  test('a run that is there is not created again, nor changed', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'a')], events: [said('one')] }))
    const other = { progress: progress(), newSteps: [stepOf(run, 'b')], events: [said('two')] }
    expect(await store.createRun({ ...run, seed: 8 }, other, BY_ADA)).toBe(run.id)
    expect(await store.snapshot('acme', run.id)).toEqual(run)
    expect(await seqs(run)).toEqual([1])
    expect(await rows('SELECT id FROM steps WHERE run_id = $1', run.id)).toEqual([{ id: `${run.id}-a` }])
  })

  test('a run is not created without its progress', async () => {
    const run = snapshotOf('acme', `run_without_${pipeline}`)
    await expect(store.createRun(run, {}, BY_ADA)).rejects.toThrow(PressroomError)
    expect(await rows('SELECT 1 FROM runs WHERE id = $1', run.id)).toEqual([])
  })

  test('events of concurrent commits are numbered without gaps and in the order of their commits', async () => {
    const run = await started()
    const batches = Array.from({ length: 20 }, (_, lane) =>
      store.transact(
        Array.from({ length: 5 }, (__, index) =>
          writing(run, { events: [said(`${lane}`), said(`${index}`)] }),
        ),
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
    const run = await started((own) => ({
      newSteps: [stepOf(own, 'a', { ordinal: [1] })],
      progress: progress(1),
    }))
    const [a, b] = [`${run.id}-a`, `${run.id}-b`]
    const looks: LockedRun[] = []
    const take: Transition = {
      organisationId: 'acme',
      runId: run.id,
      stepIds: [a, b],
      wantReady: 1,
      apply(locked) {
        looks.push(locked)
        const [step] = locked.ready
        if (!step) return null
        return {
          progress: progress(locked.progress.ready - 1),
          stepChanges: [{ id: step.id, status: 'running', attempt: 1, leaseOwner: 'w', leaseSeconds: 5 }],
          newSteps: step.id === a ? [stepOf(run, 'b', { ordinal: [2] })] : [],
          events: [said(step.label)],
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
      organisationId: 'acme',
      runId: run.id,
      stepIds: [],
      wantReady: 5,
      delayedToo,
      apply(locked) {
        found.push(locked.ready.map((step) => step.id))
        return null
      },
    })
    await store.transact([writing(run, { stepChanges: [delay] }, [id]), look(false), look(true)])
    expect(found).toEqual([[], [id]])
  })

  test('a transition that applies to null writes nothing', async () => {
    const run = await started((own) => ({
      newSteps: [stepOf(own, 'a', { attempt: 2 })],
      events: [said('first')],
    }))
    const stale: Transition = {
      organisationId: 'acme',
      runId: run.id,
      stepIds: [`${run.id}-a`],
      wantReady: 0,
      apply: (locked) => (locked.steps.get(`${run.id}-a`)?.attempt === 1 ? { events: [said('late')] } : null),
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
      writing(run, { events: [said('one')] }),
      throwing,
      writing(run, { events: [said('two')] }),
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
    const others = Array.from({ length: 7 }, (_, index) => writing(run, { events: [said(`${index}`)] }))
    const guilty = writing(
      run,
      { outputs: [outputOf(step, 'twice')], stepChanges: [done], events: [said('no')] },
      [step.id],
    )
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
    await commit(
      store,
      writing(run, { stepChanges: [{ ...base, status: 'running', attempt: 1, leaseOwner: 'w' }] }, [id]),
    )
    const finishedAttempt = { attempt: 1, status: 'failed' as const, failure, worker: 'w' }
    await commit(
      store,
      writing(run, { stepChanges: [{ ...base, status: 'ready', attempt: 1, failure, finishedAttempt }] }, [
        id,
      ]),
    )
    const [step] = await rows<{ started_at: Date }>('SELECT * FROM steps WHERE id = $1', id)
    expect(step).toMatchObject({
      status: 'ready',
      failure,
      lease_owner: null,
      lease_until: null,
      finished_at: null,
    })
    const startedAt = step?.started_at.toISOString()
    const attempts = (await seen(run, { stepIds: [id] })).steps.get(id)?.attempts
    expect(attempts).toEqual([{ ...finishedAttempt, startedAt, finishedAt: expect.stringMatching(/Z$/) }])
    await commit(
      store,
      writing(run, { stepChanges: [{ ...base, status: 'succeeded', attempt: 2, failure: null }] }, [id]),
    )
    const [after] = await rows<Record<string, unknown>>(
      'SELECT failure, finished_at FROM steps WHERE id = $1',
      id,
    )
    expect(after).toEqual({ failure: null, finished_at: expect.any(Date) })
  })

  test('text that Postgres has no place for is marked, not lost', async () => {
    const run = await started()
    const text = 'a\u0000b\ud800c \\u0000 "quoted" \n \u0001'
    await commit(store, writing(run, { outputs: [outputOf(stepOf(run, 'a'), text)], events: [said(text)] }))
    expect((await store.output('acme', `${run.id}-a.0`)).value).toBe(
      'a\ufffdb\ufffdc \\u0000 "quoted" \n \u0001',
    )
  })
})
