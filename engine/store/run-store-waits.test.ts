import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Due } from '#graph'
import type { RunSnapshot, RunStore, RunWrites } from '#run/interfaces.ts'
import { commit, progress, snapshotOf, stepOf, writing } from './testing/run-fixtures.ts'
import { BY_ADA, runHarness, type RunHarness } from './testing/run-harness.ts'

let harness: RunHarness
let store: RunStore
beforeAll(async () => {
  harness = await runHarness(true)
  store = harness.store
})
afterAll(() => harness.close())

const running = { status: 'running', attempt: 1, leaseOwner: 'w' } as const

/** A run with one step that waits, in two commits. */
async function waitingRun(due: Due | null, wait: Partial<NonNullable<RunWrites['waits']>[number]> = {}) {
  const run = await harness.started((own) => ({ newSteps: [stepOf(own, 'a', running)] }))
  const id = `${run.id}-a`
  await commit(store, writing(run, suspending(id, due, wait), [id]))
  return { run, id, at: { stepId: id, attempt: 1 } }
}

function suspending(
  id: string,
  due: Due | null,
  wait: Partial<NonNullable<RunWrites['waits']>[number]> = {},
): RunWrites {
  const at = { stepId: id, attempt: 1 }
  return {
    stepChanges: [{ id, status: 'waiting', attempt: 1, leaseOwner: null, due }],
    waits: [{ ...at, kind: 'callback', spec: {}, carry: { n: 1 }, tokenHash: null, due, ...wait }],
  }
}

const answering = (id: string, value: number): RunWrites => ({
  stepChanges: [{ id, status: 'ready', attempt: 1, leaseOwner: null, resumedFrom: 1 }],
  answers: [{ stepId: id, attempt: 1, cause: 'answered', value, by: 'ada' }],
})

const dueIds = async () => (await store.dueWaits(100)).map(({ stepId }) => stepId)
const delayed = async (run: RunSnapshot, id: string) =>
  (await harness.seen(run, { stepIds: [id] })).delayed.has(id)

describe('a wait', () => {
  test('is nobody’s to run: it has no lease that could be lost, and is neither ready nor over', async () => {
    const { run, id } = await waitingRun(null)
    const [step] = await harness.rows<object>('SELECT * FROM steps WHERE id = $1', id)
    expect(step).toMatchObject({ status: 'waiting', lease_owner: null, lease_until: null, finished_at: null })
    expect((await harness.seen(run, { wantReady: 9 })).ready).toEqual([])
    expect((await store.lostLeases(100)).map(({ stepId }) => stepId)).not.toContain(id)
    expect((await store.forgottenSteps(0, 100)).map(({ stepId }) => stepId)).not.toContain(id)
  })

  test('comes up when its time has come by the clock of the database, in whatever organisation', async () => {
    const past = await waitingRun({ at: '2000-01-01T00:00:00.000Z' })
    const now = await waitingRun({ afterMs: 0 })
    const later = await waitingRun({ afterMs: 3_600_000 })
    const never = await waitingRun(null)
    expect(await dueIds()).toEqual([past.id, now.id])
    expect(await delayed(now.run, now.id)).toBe(false)
    expect(await delayed(later.run, later.id)).toBe(true)
    expect(await delayed(never.run, never.id)).toBe(true)
    await commit(store, writing(now.run, { status: 'paused' }))
    expect(await dueIds()).toEqual([past.id])
  })

  test('gives the next attempt what it was answered with and what the node carried over it', async () => {
    const { run, id } = await waitingRun(null)
    await commit(store, writing(run, answering(id, 42), [id]))
    const step = (await harness.seen(run, { stepIds: [id] })).steps.get(id)
    expect(step).toMatchObject({ status: 'ready', resumedFrom: 1 })
    expect(await store.resumed('acme', id, 1)).toEqual({
      kind: 'callback',
      expired: false,
      value: 42,
      carry: { n: 1 },
    })
    await expect(store.resumed('rival', id, 1)).rejects.toThrow()
  })

  test('can be answered in the very commit in which it began', async () => {
    const run = await harness.started((own) => ({ newSteps: [stepOf(own, 'a', running)] }))
    const id = `${run.id}-a`
    const results = await store.transact([
      writing(run, suspending(id, null), [id]),
      writing(run, answering(id, 7), [id]),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await store.resumed('acme', id, 1)).toMatchObject({ value: 7 })
    expect((await harness.seen(run, { stepIds: [id] })).steps.get(id)?.status).toBe('ready')
  })

  test('is shown to a transition that wants all waiting steps, and to no other', async () => {
    const { run, id } = await waitingRun(null)
    const ids = (steps: { id: string }[]) => steps.map((step) => step.id)
    expect(ids((await harness.seen(run, { waitingToo: true })).waiting)).toEqual([id])
    expect(ids((await harness.seen(run, { stepIds: [id] })).waiting)).toEqual([])
    const cancelled = { id, status: 'cancelled' as const, attempt: 1, leaseOwner: null }
    const cancelling = { ...writing(run, { stepChanges: [cancelled] }), waitingToo: true }
    await commit(store, cancelling)
    expect(ids((await harness.seen(run, { waitingToo: true })).waiting)).toEqual([])
  })
})

test('a run of a version that knew no waits goes on', async () => {
  const run = await harness.started()
  await harness.rows(`UPDATE runs SET progress = progress - 'waiting' WHERE id = $1`, run.id)
  expect((await harness.seen(run)).progress.waiting).toBe(0)
})

test('a run is found when its time is over, until it is being ended', async () => {
  const overdue = await harness.started()
  const waiting = await harness.started()
  const over = await harness.started()
  const set = (run: RunSnapshot, at: string) =>
    harness.rows(`UPDATE runs SET deadline_at = ${at} WHERE id = $1`, run.id)
  await set(overdue, "now() - interval '1 s'")
  await set(waiting, "now() + interval '1 h'")
  await set(over, "now() - interval '1 s'")
  await commit(store, writing(over, { status: 'succeeded' }))
  expect(await store.overdueRuns(10)).toEqual([{ organisationId: 'acme', runId: overdue.id }])
  await commit(store, writing(overdue, { cancelRequested: true }))
  expect(await store.overdueRuns(10)).toEqual([])
})

test('a run has the time that its flow allows, counted from its start by the clock of the database', async () => {
  const limited = snapshotOf('acme', 'run_limited')
  limited.flow.limits.timeoutMinutes = 5
  await store.createRun(limited, { status: 'running', progress: progress() }, BY_ADA)
  const text = 'SELECT extract(epoch FROM deadline_at - created_at)::int AS s FROM runs WHERE id = $1'
  expect(await harness.rows(text, limited.id)).toEqual([{ s: 300 }])
})
