import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Failure, NO_USAGE, PressroomError } from '#graph'
import { createCallbackTokens } from './callback-tokens.ts'
import { Committer } from './committer.ts'
import { Executor } from './executor.ts'
import type { HostPort, ModelCallReply, SandboxResult, SandboxStep } from './interfaces.ts'
import { RUN_PAUSED } from './journal.ts'
import { RunCache } from './run-cache.ts'
import { finish } from './step-end.ts'
import { pause } from './pausing.ts'
import { cancel, look } from './transitions.ts'
import { resolve } from './waits.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { SimulatedStore, storeAway } from './testing/simulated-store.ts'

const done: SandboxResult = { ok: true, outputs: [{ port: 'out', label: '', value: 1 }] }

const failure: Failure = { code: 'node.failed', message: '', fix: '', retryable: false, facts: {} }

/** A worker on one run whose nodes do what `node` says. */
function working(
  node: (step: SandboxStep, host: HostPort, signal: AbortSignal) => Promise<SandboxResult>,
  { types = ['source'], agents = ['a'], concurrency = 4 } = {},
) {
  const run = new SimulatedRun(testSnapshot(flowOf(types, agents)))
  const store = new SimulatedStore(run)
  const calls: string[] = []
  const paused = { now: false }
  const replies: PromiseWithResolvers<ModelCallReply>[] = []
  const hinted: string[] = []
  const executor = new Executor({
    worker: 'w',
    concurrency,
    store,
    committer: new Committer(store),
    cache: new RunCache(store),
    queue: {
      add: async (hints) => void hinted.push(...hints.map(({ stepId }) => stepId)),
      consume: async () => {},
      pause: async () => {},
      close: async () => {},
    },
    sandbox: { manifests: () => [], run: node, forget: () => {}, close: async () => {} },
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
  return { run, store, executor, calls, replies, hinted, hint, paused }
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

describe('a worker that is stopped', () => {
  test('lets its step end and takes none after it', async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { run, executor, hint } = working(
      () => {
        begun.resolve()
        return gate.promise.then(() => done)
      },
      { types: ['source', 'each'] },
    )
    const handled = executor.handle(hint())
    await begun.promise
    const stopped = executor.stop()
    gate.resolve()
    await Promise.all([handled, stopped])
    expect(run.inState('succeeded')).toHaveLength(1)
    expect(run.inState('ready')).toHaveLength(1)
  })

  test('gives back a step that does not end in five seconds', async () => {
    const begun = Promise.withResolvers<AbortSignal>()
    const { run, executor, hint } = working(async (_step, _host, signal) => {
      begun.resolve(signal)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return done
    })
    const handled = executor.handle(hint())
    const signal = await begun.promise
    const stopped = executor.stop()
    await vi.advanceTimersByTimeAsync(4_900)
    expect(signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    await Promise.all([handled, stopped])
    expect(run.inState('ready')).toHaveLength(1)
  })
})

describe('a hint of the own process', () => {
  test('is followed without the queue while there is room', async () => {
    const { run, executor, hinted, hint } = working(async () => done)
    executor.offer(hint())
    await vi.runAllTimersAsync()
    expect(run.status).toBe('succeeded')
    expect(hinted).toEqual([])
  })

  test('goes to the queue when no room is found for it soon', async () => {
    const gate = Promise.withResolvers<void>()
    const { run, executor, hinted, hint } = working(() => gate.promise.then(() => done), { concurrency: 1 })
    executor.offer(hint())
    await vi.waitUntil(() => run.inState('running').length === 1)
    executor.offer({ ...hint(), stepId: 'another' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(hinted).toEqual(['another'])
    gate.resolve()
    await vi.runAllTimersAsync()
    expect(run.status).toBe('succeeded')
  })
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

describe('a chain of steps without capabilities', () => {
  /** The nodes of the chain n0 → n1 → n2 as they are run, with every commit from the end of n0 on held back. */
  function held(types = ['source', 'each', 'each']) {
    const ran: string[] = []
    const gate = Promise.withResolvers<void>()
    const parts = working(
      async ({ step }) => {
        ran.push(step.nodeId)
        return done
      },
      { types },
    )
    parts.store.before = async ({ stepIds }) => {
      if (parts.run.steps.get(stepIds[0] ?? '')?.status !== 'ready') await gate.promise
    }
    return { ...parts, ran, release: () => gate.resolve() }
  }
  const startedOf = (run: SimulatedRun) =>
    run.events.flatMap((event) => (event.type === 'step.started' ? [`${event.nodeId} ${event.attempt}`] : []))

  test('runs on while the commits of its steps are under way', async () => {
    const { run, executor, hint, ran, release } = held()
    const handled = executor.handle(hint())
    await vi.waitUntil(() => ran.length === 3)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(run.outputs.size).toBe(0)
    release()
    await handled
    expect(run.status).toBe('succeeded')
    expect(ran).toEqual(['n0', 'n1', 'n2'])
    expect(startedOf(run)).toEqual(['n0 1', 'n1 1', 'n2 1'])
  })

  test('shares a commit', async () => {
    const { run, store, executor, hint } = working(async () => done, { types: ['source', 'each', 'each'] })
    const batches: number[] = []
    const transact = store.transact.bind(store)
    store.transact = (batch) => {
      batches.push(batch.length)
      return transact(batch)
    }
    await executor.handle(hint())
    expect(run.status).toBe('succeeded')
    expect(batches).toEqual([1, 3])
  })

  test('waits for its claim to be durable before a step that may reach outside', async () => {
    const { run, executor, hint, ran, release } = held(['source', 'each', 'agents'])
    const handled = executor.handle(hint())
    await vi.waitUntil(() => ran.length === 2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ran).toEqual(['n0', 'n1'])
    release()
    await handled
    expect(run.status).toBe('succeeded')
  })

  test('leaves no trace of what was run ahead of a cancellation', async () => {
    const { run, executor, hint, ran, release } = held()
    const handled = executor.handle(hint())
    await vi.waitUntil(() => ran.length === 3)
    run.write(cancel(run.locked(), run.compiled, 'Ada').writes)
    release()
    await handled
    expect(run.status).toBe('cancelled')
    expect(run.steps.size).toBe(1)
    expect(run.outputs.size).toBe(0)
  })

  test('concludes each step once, though the store was away when the first one ended', async () => {
    const { run, store, executor, hint, ran } = held()
    let failures = 1
    store.before = async () => {
      if (ran.length > 0 && failures-- > 0) throw storeAway()
    }
    const handled = executor.handle(hint())
    await vi.runAllTimersAsync()
    await handled
    expect(run.status).toBe('succeeded')
    expect(startedOf(run)).toEqual(['n0 1', 'n1 1', 'n2 1'])
    expect(run.outputs.size).toBe(3)
  })

  test('keeps the leases of all its steps that are not concluded', async () => {
    const { run, store, executor, hint, ran, release } = held()
    const handled = executor.handle(hint())
    await vi.waitUntil(() => ran.length === 3)
    await executor.heartbeat(10)
    release()
    await handled
    expect(store.heartbeats).toEqual([[...run.steps.keys()]])
  })
})
