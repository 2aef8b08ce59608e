import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Priority } from '#graph'
import { runHarness, type RunHarness } from './testing/run-harness.ts'
import { stalledWorker } from './testing/stalled-worker.ts'
import { waitingRun } from './testing/waiting-run.ts'

let harness: RunHarness

beforeAll(async () => void (harness = await runHarness(true)))
afterAll(() => harness.close())

const waiting = (organisationId: string, id: string, count: number, priority?: Priority) =>
  waitingRun(harness.store, organisationId, id, count, { priority })
test("two thousand ready steps of one organisation keep another's single run waiting for one step's end", async () => {
  const many = await waiting('acme', 'run_many', 2_000)
  const one = await waiting('rival', 'run_one', 1)
  const { executor, begun, count, stop } = stalledWorker(harness.store, 4)
  executor.offer(many)
  await count(4)
  executor.offer(one)
  begun[0]?.end()
  await count(5)
  expect(begun.map(({ runId }) => runId)).toEqual([...Array<string>(4).fill('run_many'), 'run_one'])
  begun[4]?.end()
  await count(6)
  expect(begun[5]?.runId).toBe('run_many')
  await stop()
})

test('a place that was given to one run is taken by no other, whatever ends before that run has been looked at', async () => {
  const many = await waiting('acme', 'run_others', 10)
  const one = await waiting('rival', 'run_given', 1)
  const { promise: mayLook, resolve: look } = Promise.withResolvers<void>()
  const looked: string[][] = []
  const { executor, begun, count, stop } = stalledWorker(harness.store, 2, {
    losesHints: true,
    async gate(runIds) {
      if (!runIds.includes('run_given')) return
      looked.push(runIds)
      await mayLook
    },
  })
  executor.offer(many)
  await count(2)
  executor.offer(one)
  // Its turn comes with the first step that ends after it has begun to wait.
  let ended = 0
  while (looked.length === 0) {
    const before = begun.length
    begun[ended++]?.end()
    await expect.poll(() => looked.length > 0 || begun.length > before, { timeout: 20_000 }).toBe(true)
  }
  const before = begun.length
  begun[ended]?.end()
  await count(before + 1)
  look()
  await count(before + 2)
  expect(begun.slice(before).map(({ runId }) => runId)).toEqual(['run_others', 'run_given'])
  await stop()
})

test('ready steps that nobody took are found in turn of organisations, of each by priority', async () => {
  await waiting('acme', 'run_low', 3, 'low')
  await waiting('acme', 'run_high', 3, 'high')
  await waiting('rival', 'run_other', 1)
  const found = (await harness.store.forgottenSteps(-1_000, 4)).map(({ runId }) => runId)
  expect(found).toHaveLength(4)
  expect(found.slice(0, 2).toSorted()).toEqual(['run_high', 'run_other'])
  expect(found.slice(2)).toEqual(['run_high', 'run_high'])
})
