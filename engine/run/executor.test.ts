import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PressroomError } from '#graph'
import { finish } from './step-end.ts'
import type { SimulatedRun } from './testing/simulated-run.ts'
import { storeAway } from './testing/simulated-store.ts'
import { done, working } from './testing/working.ts'
import { cancel, look } from './transitions.ts'

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
