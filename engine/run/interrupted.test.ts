import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NO_USAGE } from '#graph'
import { createCallbackTokens } from './callback-tokens.ts'
import type { SandboxStep } from './interfaces.ts'
import { pause } from './pausing.ts'
import { done, failure, working } from './testing/working.ts'
import { resolve } from './waits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

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

/** A step that ends only when it is stopped. */
const endless = (_step: unknown, _host: unknown, signal: AbortSignal) =>
  new Promise<{ ok: false; failure: typeof failure }>((resolve) => {
    signal.addEventListener('abort', () => resolve({ ok: false, failure }))
  })

describe('a step that takes longer than its node allows', () => {
  test('is stopped, and fails with that reason', async () => {
    const settings = { timeoutSeconds: 30, retry: { attempts: 1 } }
    const { run, executor, hint } = working(endless, { settings })
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
    expect(vi.getTimerCount()).toBe(0)
    expect(run.status).toBe('succeeded')
  })
})

test('a run that has no more time ends as failed, and its step in mid-flight is stopped', async () => {
  const { run, executor, hint } = working(endless)
  const handled = executor.handle(hint())
  await vi.waitUntil(() => executor.activeRuns().length === 1)
  await executor.endOverdue({ organisationId: 'org', runId: 'run_test' })
  await vi.runAllTimersAsync()
  await handled
  expect(run.events.at(-1)).toMatchObject({ status: 'failed', failure: { code: 'limit.run_time' } })
})

test('a step that must happen once is not cut short by a worker that stops, however long it takes', async () => {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<AbortSignal>()
  const { run, executor, hint } = working(
    async ({ node }, _host, signal) => {
      if (!node.startsWith('once')) return done
      begun.resolve(signal)
      await gate.promise
      return done
    },
    { types: ['source', 'once'] },
  )
  const handled = executor.handle(hint())
  await vi.runAllTimersAsync()
  const signal = await begun.promise
  const stopped = executor.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(signal.aborted).toBe(false)
  gate.resolve()
  await vi.runAllTimersAsync()
  await Promise.all([handled, stopped])
  expect(run.status).toBe('succeeded')
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
