import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Priority } from '#graph'
import { createCallbackTokens } from '#run/callback-tokens.ts'
import { Committer } from '#run/committer.ts'
import { Executor } from '#run/executor.ts'
import type { RunSnapshot, SandboxResult, Transition } from '#run/interfaces.ts'
import { RunCache, compiledRun } from '#run/run-cache.ts'
import { emptyProgress } from '#run/transitions.ts'
import { flowOf, testSnapshot } from '../run/testing/flows.ts'
import { stepOf } from './testing/run-fixtures.ts'
import { BY_ADA, runHarness, type RunHarness } from './testing/run-harness.ts'

let harness: RunHarness

beforeAll(async () => void (harness = await runHarness(true)))
afterAll(() => harness.close())

/** A run with so many ready steps. */
async function waiting(organisationId: string, id: string, count: number, priority: Priority = 'normal') {
  const made = testSnapshot(flowOf(['source']), id)
  const [step] = made.plan.steps
  if (!step) throw new Error('nothing is planned')
  const paths = Array.from({ length: count }, (_, index) => String(index))
  const snapshot: RunSnapshot = {
    ...made,
    organisationId,
    flow: { ...made.flow, limits: { ...made.flow.limits, priority } },
    plan: { ...made.plan, steps: paths.map((path) => ({ ...step, path })) },
  }
  const newSteps = paths.map((path, index) =>
    stepOf(snapshot, path, { nodeId: step.nodeId, ordinal: [index] }),
  )
  const progress = emptyProgress(compiledRun(snapshot))
  const node = { open: count, succeeded: 0, failed: 0, started: true, closed: false }
  const first = { status: 'running' as const, newSteps }
  await harness.store.createRun(
    snapshot,
    { ...first, progress: { ...progress, ready: count, nodes: { [step.nodeId]: node } } },
    BY_ADA,
  )
  return { organisationId, runId: id, stepId: newSteps[0]?.id ?? '', attempt: 0 }
}

/** A worker whose steps end when the test says so, and whose queue gives its hints back to it. */
function worker(concurrency: number, gate: (runIds: string[]) => Promise<void> = async () => {}) {
  const { store } = harness
  const gated = {
    async transact(batch: Transition[]) {
      await gate(batch.map(({ runId }) => runId))
      return store.transact(batch)
    },
  }
  const begun: { runId: string; end(): void }[] = []
  const executor: Executor = new Executor({
    worker: 'w',
    concurrency,
    store,
    committer: new Committer(gated),
    cache: new RunCache(store),
    queue: {
      async add(hints) {
        for (const hint of hints) executor.offer(hint)
      },
      consume: async () => {},
      pause: async () => {},
      close: async () => {},
    },
    sandbox: {
      manifests: () => [],
      run({ runId }) {
        const { promise, resolve } = Promise.withResolvers<SandboxResult>()
        const outputs = [{ port: 'out', label: '', value: 1 }]
        begun.push({ runId, end: () => resolve({ ok: true, outputs }) })
        return promise
      },
      forget: () => {},
      close: async () => {},
    },
    gateway: { generate: () => Promise.reject(new Error('no model is called')) },
    clock: {
      now: () => performance.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms)
        return () => clearTimeout(timer)
      },
    },
    callbacks: createCallbackTokens('key'),
    log: { error: () => {}, info: () => {} },
  })
  const count = async (n: number) => {
    await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(n)
  }
  return { executor, begun, count }
}

test("two thousand ready steps of one organisation keep another's single run waiting for one step's end", async () => {
  const many = await waiting('acme', 'run_many', 2_000)
  const one = await waiting('rival', 'run_one', 1)
  const { executor, begun, count } = worker(4)
  executor.offer(many)
  await count(4)
  executor.offer(one)
  begun[0]?.end()
  await count(5)
  expect(begun.map(({ runId }) => runId)).toEqual([...Array<string>(4).fill('run_many'), 'run_one'])
  begun[4]?.end()
  await count(6)
  expect(begun[5]?.runId).toBe('run_many')
  const stopped = executor.stop()
  for (const { end } of begun) end()
  await stopped
})

test('a place that was given to one run is taken by no other, whatever ends before that run has been looked at', async () => {
  const many = await waiting('acme', 'run_others', 10)
  const one = await waiting('rival', 'run_given', 1)
  const { promise: mayLook, resolve: look } = Promise.withResolvers<void>()
  const looking = Promise.withResolvers<void>()
  const { executor, begun, count } = worker(2, async (runIds) => {
    if (!runIds.includes('run_given')) return
    looking.resolve()
    await mayLook
  })
  executor.offer(many)
  await count(2)
  executor.offer(one)
  begun[0]?.end()
  await looking.promise
  begun[1]?.end()
  await count(3)
  look()
  await count(4)
  expect(begun.map(({ runId }) => runId)).toEqual(['run_others', 'run_others', 'run_others', 'run_given'])
  const stopped = executor.stop()
  for (const { end } of begun) end()
  await stopped
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
