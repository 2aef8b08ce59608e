import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunStore } from '#run/interfaces.ts'
import { createRunStore } from './run-store.ts'
import { runHarness, type RunHarness } from './testing/run-harness.ts'
import { type Begun, stalledWorker } from './testing/stalled-worker.ts'
import { waitingRun } from './testing/waiting-run.ts'

let harness: RunHarness
let otherPool: pg.Pool
/** That of another process. */
let otherStore: RunStore
beforeEach(async () => {
  harness = await runHarness(true)
  otherPool = new pg.Pool({ connectionString: harness.database.url, max: 4, pipeline: true })
  otherStore = createRunStore(otherPool)
})
afterEach(async () => {
  await otherPool.end()
  await harness.close()
})

const limit = (organisation: string, resource: string, most: number) =>
  harness.rows('INSERT INTO slot_limits VALUES ($1, $2, $3)', organisation, resource, most)
const running = async () =>
  (await harness.rows<{ n: number }>("SELECT count(*)::int AS n FROM steps WHERE status = 'running'"))[0]?.n
const waiting = (organisation: string, id: string, count: number, model = 'm') =>
  waitingRun(harness.store, organisation, id, count, { model })

test.each([
  ['calls of one model configuration', 'model:m'],
  ['calls of an organisation', 'calls'],
])(
  'two processes together never make more %s than are allowed',
  async (_, resource) => {
    await limit('acme', resource, 3)
    const one = stalledWorker(harness.store, 8, { name: 'one' })
    const two = stalledWorker(otherStore, 8, { name: 'two' })
    const runs = []
    for (let index = 0; index < 6; index++) runs.push(await waiting('acme', `run_${index}`, 2))
    for (const run of runs) {
      one.executor.offer(run)
      two.executor.offer(run)
    }
    const ended = new Set<Begun>()
    const open = () => [...one.begun, ...two.begun].filter((step) => !ended.has(step))
    for (let left = 12; left > 0; left--) {
      await expect.poll(() => open().length, { timeout: 20_000 }).toBe(Math.min(3, left))
      expect(await running()).toBeLessThanOrEqual(3)
      const [step] = open()
      if (!step) throw new Error('nothing runs')
      ended.add(step)
      step.end()
    }
    const statuses = () => harness.rows<{ status: string }>('SELECT DISTINCT status FROM runs')
    await expect.poll(statuses, { timeout: 20_000 }).toEqual([{ status: 'succeeded' }])
    await Promise.all([one.stop(), two.stop()])
  },
  60_000,
)

test('a place that is free goes to each of the runs in turn, though one of them came first with many steps', async () => {
  await limit('acme', 'model:m', 1)
  const { executor, begun, count, stop } = stalledWorker(harness.store, 4)
  executor.offer(await waiting('acme', 'run_many', 20))
  await count(1)
  executor.offer(await waiting('acme', 'run_few', 2))
  for (let ended = 0; ended < 5; ended++) {
    begun[ended]?.end()
    await count(ended + 2)
  }
  expect(begun.map(({ runId }) => runId)).toEqual([
    'run_many',
    'run_few',
    'run_many',
    'run_few',
    'run_many',
    'run_many',
  ])
  await stop()
})

test("a limit is no other organisation's, and no other model's", async () => {
  await limit('acme', 'model:m', 1)
  const { executor, begun, count, stop } = stalledWorker(harness.store, 8)
  executor.offer(await waiting('acme', 'run_held', 2))
  executor.offer(await waiting('rival', 'run_rival', 2))
  executor.offer(await waiting('acme', 'run_other', 2, 'another'))
  await count(5)
  expect(begun.map(({ runId }) => runId).toSorted()).toEqual([
    'run_held',
    'run_other',
    'run_other',
    'run_rival',
    'run_rival',
  ])
  await stop()
})

test('the place of a worker that was killed is free again when its lease has run out', async () => {
  await limit('acme', 'calls', 1)
  const killed = stalledWorker(otherStore, 4, { name: 'killed' })
  killed.executor.offer(await waiting('acme', 'run_killed', 1))
  await killed.count(1)
  const { executor, begun, count, stop } = stalledWorker(harness.store, 4)
  executor.offer(await waiting('acme', 'run_next', 1))
  expect(begun).toEqual([])
  await harness.rows("UPDATE steps SET lease_until = now() - interval '1 second' WHERE status = 'running'")
  for (const lost of await harness.store.lostLeases(10)) await executor.expire(lost)
  await count(1)
  begun[0]?.end()
  await count(2)
  await stop()
  await killed.stop()
})
