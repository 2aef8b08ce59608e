import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Failure, NO_USAGE, type NodeSettings, PressroomError } from '#graph'
import { createCallbackTokens } from './callback-tokens.ts'
import { Committer } from './committer.ts'
import { Executor } from './executor.ts'
import type { HostPort, ModelCallReply, SandboxResult, SandboxStep } from './interfaces.ts'
import { RUN_PAUSED } from './journal.ts'
import { RunCache } from './run-cache.ts'
import { finish } from './step-end.ts'
import { pause } from './pausing.ts'
import { look } from './transitions.ts'
import { resolve } from './waits.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { SimulatedStore, storeAway } from './testing/simulated-store.ts'

const done: SandboxResult = { ok: true, outputs: [{ port: 'out', label: '', value: 1 }] }

const failure: Failure = { code: 'node.failed', message: '', fix: '', retryable: false, facts: {} }

/** A worker on one run whose nodes do what `node` says. */
function working(
  node: (step: SandboxStep, host: HostPort, signal: AbortSignal) => Promise<SandboxResult>,
  {
    types = ['source'],
    agents = ['a'],
    concurrency = 4,
    settings,
  }: { types?: string[]; agents?: string[]; concurrency?: number; settings?: NodeSettings } = {},
) {
  const flow = flowOf(types, agents)
  for (const one of flow.nodes) one.settings = settings
  const run = new SimulatedRun(testSnapshot(flow))
  const store = new SimulatedStore(run)
  const calls: string[] = []
  const paused = { now: false }
  const replies: PromiseWithResolvers<ModelCallReply>[] = []
  const executor = new Executor({
    worker: 'w',
    concurrency,
    store,
    committer: new Committer(store),
    cache: new RunCache(store),
    queue: { add: async () => {}, consume: async () => {}, close: async () => {} },
    sandbox: { manifests: () => [], run: node, close: async () => {} },
    gateway: {
      generate({ purpose }) {
        if (paused.now) throw new PressroomError({ code: RUN_PAUSED, message: 'Paused.', fix: 'Resume.' })
        calls.push(purpose)
        const reply = Promise.withResolvers<ModelCallReply>()
        replies.push(reply)
        return reply.promise
      },
    },
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
  const hint = () => ({
    organisationId: 'org',
    runId: 'run_test',
    stepId: run.inState('ready')[0]?.id ?? '',
    attempt: 0,
  })
  return { run, store, executor, calls, replies, hint, paused }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a worker', () => {
  test('renews the leases of the steps that run in it and of no other', async () => {
    const gate = Promise.withResolvers<void>()
    const { run, store, executor, hint } = working(() => gate.promise.then(() => done))
    const handled = executor.handle(hint())
    await vi.waitUntil(() => run.inState('running').length === 1)
    const [step] = run.inState('running')
    await vi.waitUntil(() => executor.activeRuns().length === 1)
    await executor.heartbeat(10)
    gate.resolve()
    await handled
    await executor.heartbeat(10)
    expect(store.heartbeats).toEqual([[step?.id], []])
  })

  test('takes no more steps than it has places for, however many hints come at once', async () => {
    let now = 0
    let most = 0
    const { run, executor } = working(
      async () => {
        now += 1
        most = Math.max(most, now)
        await Promise.resolve()
        now -= 1
        return done
      },
      { types: ['source', 'several', 'each'], concurrency: 2 },
    )
    const elsewhere = (outputs: number) => {
      run.write(look(run.locked(), run.compiled, 'another', 1).writes)
      const [step] = run.inState('running')
      if (!step) throw new Error('nothing was ready')
      const holder = { worker: 'another', stepId: step.id, attempt: 1 }
      const items = Array.from({ length: outputs }, () => ({ port: 'out', label: '', value: 1 }))
      const outcome = { kind: 'succeeded' as const, outputs: items, durationMs: 1 }
      run.write(finish(run.locked(step.id), run.compiled, holder, outcome, 0).writes)
    }
    elsewhere(1)
    elsewhere(3)
    const ready = run.inState('ready')
    expect(ready).toHaveLength(3)
    const at = { organisationId: 'org', runId: 'run_test', attempt: 0 }
    const handled = ready.map(({ id }) => executor.handle({ ...at, stepId: id }))
    await vi.runAllTimersAsync()
    await Promise.all(handled)
    expect(most).toBe(2)
    expect(run.status).toBe('succeeded')
  })

  test('makes the calls of one step one after the other, however many it asks for at once', async () => {
    const call = (purpose: string) => ({ prompt: '', purpose, occurrence: 0 })
    const reply = {
      text: '',
      data: null,
      model: 'local',
      usage: { calls: 1, inputTokens: 0, outputTokens: 0, costMicros: 0 },
    }
    const { executor, calls, replies, hint } = working(async (_step, host) => {
      await Promise.all([host.generate(call('one')), host.generate(call('two'))])
      return done
    })
    const handled = executor.handle(hint())
    await vi.waitUntil(() => calls.length > 0)
    await vi.runAllTimersAsync()
    expect(calls).toEqual(['one'])
    replies[0]?.reject(new Error('no'))
    await vi.waitUntil(() => calls.length > 1)
    expect(calls).toEqual(['one', 'two'])
    replies[1]?.resolve(reply)
    await handled
  })

  test('that is stopped while it takes a step gives the step back before it is gone', async () => {
    const claim = Promise.withResolvers<void>()
    const claiming = Promise.withResolvers<void>()
    const started: boolean[] = []
    const { run, store, executor, hint } = working(async (_step, _host, signal) => {
      started.push(signal.aborted)
      return done
    })
    store.before = () => {
      claiming.resolve()
      return claim.promise
    }
    const handled = executor.handle(hint())
    await claiming.promise
    const stopped = executor.stop()
    claim.resolve()
    await Promise.all([handled, stopped])
    expect(run.inState('ready')).toHaveLength(1)
    expect(started.every(Boolean)).toBe(true)
  })
})

describe('a step that waits', () => {
  test('leaves its place to others at once, and goes on with the answer and what it carried over', async () => {
    const seen: SandboxStep['resumed'][] = []
    const wait = { kind: 'callback' as const, carry: { so: 'far' } }
    const { run, executor, hint } = working(async ({ resumed }) => {
      seen.push(resumed)
      return resumed ? done : { ok: true, outputs: [], wait }
    })
    await executor.handle(hint())
    expect(run.status).toBe('waiting')
    expect(executor.activeRuns()).toEqual([])
    const [step] = run.inState('waiting')
    if (!step) throw new Error('it does not wait')
    const answer = { value: 'yes', by: null }
    run.write(resolve(run.locked(step.id), run.compiled, { stepId: step.id, attempt: 1 }, answer).writes)
    await executor.handle(hint())
    const resumed = { kind: 'callback', expired: false, value: 'yes', carry: { so: 'far' } }
    expect(seen).toEqual([undefined, resumed])
    expect(run.status).toBe('succeeded')
  })

  test('goes on when its time has come, without an answer where it wanted one', async () => {
    const seen: SandboxStep['resumed'][] = []
    const { run, executor } = working(async ({ resumed }) => {
      seen.push(resumed)
      if (!resumed) return { ok: true, outputs: [], wait: { kind: 'timer', seconds: 5 } }
      if (resumed.kind === 'callback') return done
      return { ok: true, outputs: [], wait: { kind: 'callback', deadline: { seconds: 5 } } }
    })
    const [{ id } = { id: '' }] = run.inState('ready')
    const look = () => executor.handle({ organisationId: 'org', runId: 'run_test', stepId: id, attempt: 1 })
    for (const _round of ['start', 'timer', 'deadline']) await look()
    expect(seen.map((resumed) => resumed?.expired)).toEqual([undefined, false, true])
    expect(run.status).toBe('succeeded')
  })

  test('stores the hash of its token and never the token', async () => {
    const { run, executor, hint } = working(async () => ({
      ok: true,
      outputs: [],
      wait: { kind: 'callback' },
    }))
    await executor.handle(hint())
    const [wait] = run.waits.values()
    const tokens = createCallbackTokens('key')
    const token = tokens.token({ stepId: wait?.stepId ?? '', attempt: 1 })
    expect(wait?.tokenHash).toBe(tokens.hash(token))
    expect(JSON.stringify([...run.waits.values(), run.events])).not.toContain(token)
  })
})

describe('a step that takes longer than its node allows', () => {
  test('is stopped, and fails with that reason', async () => {
    const { run, executor, hint } = working(
      (_step, _host, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ ok: false, failure }))
        }),
      { settings: { timeoutSeconds: 30, retry: { attempts: 1 } } },
    )
    const handled = executor.handle(hint())
    await vi.waitUntil(() => executor.activeRuns().length === 1)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(run.inState('running')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    await handled
    expect(run.status).toBe('failed')
    expect(run.progress.firstFailure).toMatchObject({ code: 'step.timeout', facts: { timeoutSeconds: 30 } })
  })

  test('is none of those that were in time', async () => {
    const { run, executor, hint } = working(async () => done, { settings: { timeoutSeconds: 30 } })
    await executor.handle(hint())
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run.status).toBe('succeeded')
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('a run that has no more time ends as failed, and its step in mid-flight is stopped', async () => {
  const { run, executor, hint } = working(
    (_step, _host, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ ok: false, failure }))
      }),
  )
  const handled = executor.handle(hint())
  await vi.waitUntil(() => executor.activeRuns().length === 1)
  await executor.endOverdue({ organisationId: 'org', runId: 'run_test' })
  await handled
  expect(run.events.at(-1)).toMatchObject({ status: 'failed', failure: { code: 'limit.run_time' } })
})

describe('a pause', () => {
  const reply = { text: '', data: null, model: 'm', usage: NO_USAGE }
  const call = (purpose: string) => ({ prompt: '', purpose, occurrence: 0 })

  test('lets the call in flight finish and gives the step back at its next one, which is not made', async () => {
    const { run, executor, calls, replies, hint, paused } = working(async (_step, host, signal) => {
      await host.generate(call('one'))
      await host.generate(call('two'))
      return signal.aborted ? { ok: false, failure } : done
    })
    const handled = executor.handle(hint())
    await vi.waitUntil(() => calls.length === 1)
    run.write(pause(run.locked(), run.compiled, 'ada').writes)
    paused.now = true
    replies[0]?.resolve(reply)
    await handled
    expect(calls).toEqual(['one'])
    expect(run.status).toBe('paused')
    expect(run.inState('ready').map(({ attempts }) => attempts)).toEqual([[]])
    expect(executor.activeRuns()).toEqual([])
  })

  test('has nothing to say to a step that ends without another call', async () => {
    const { run, executor, calls, replies, hint } = working(async (_step, host) => {
      await host.generate(call('one'))
      return done
    })
    const handled = executor.handle(hint())
    await vi.waitUntil(() => calls.length === 1)
    run.write(pause(run.locked(), run.compiled, 'ada').writes)
    replies[0]?.resolve(reply)
    await handled
    expect(run.status).toBe('succeeded')
  })
})

describe('a step that has ended', () => {
  test('is concluded when the store is back, if it was away', async () => {
    const { run, store, executor, hint } = working(async () => {
      let failures = 3
      store.before = async () => {
        if (failures-- > 0) throw storeAway()
      }
      return done
    })
    const handled = executor.handle(hint())
    await vi.runAllTimersAsync()
    await handled
    expect(run.status).toBe('succeeded')
    expect(run.events.filter(({ type }) => type === 'step.started')).toHaveLength(1)
  })

  test('fails with the reason of the store, if the store refuses what it put out', async () => {
    const refusal = new PressroomError({
      code: 'store.bad_output',
      message: 'Not a draft.',
      fix: 'Correct it.',
    })
    const { run, store, executor, hint } = working(async () => {
      let refusals = 1
      store.before = async () => {
        if (refusals-- > 0) throw refusal
      }
      return done
    })
    await executor.handle(hint())
    expect(run.status).toBe('failed')
    expect(run.progress.firstFailure).toMatchObject({ code: 'store.bad_output', facts: { nodeId: 'n0' } })
  })
})
