import { describe, expect, test } from 'vitest'
import type { NodeSettings } from '#graph'
import type { StepRecord } from './interfaces.ts'
import { type Outcome, decide, expire, finish } from './step-end.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { failed, failure, holder, outputs } from './testing/steps.ts'
import { look } from './transitions.ts'

/** A source that has ended and these nodes behind it, the first of which has these settings. */
function startedRun(types: string[], settings: NodeSettings, fromPort = 'out') {
  const flow = flowOf(['source', ...types])
  const first = flow.nodes[1]
  if (first) first.settings = settings
  for (const edge of flow.edges) if (edge.source.node === 'n1') edge.source.port = fromPort
  const run = new SimulatedRun(testSnapshot(flow))
  /** Takes the one step that is ready. */
  const take = () => {
    const [ready] = run.inState('ready')
    run.write(look(run.locked(ready?.id ?? ''), run.compiled, 'w', 1).writes)
    const [step] = run.inState('running')
    if (!step) throw new Error('nothing was ready')
    return structuredClone(step)
  }
  const end = (step: StepRecord, outcome: Outcome) =>
    run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 0).writes)
  const succeed = (step: StepRecord) =>
    end(step, { kind: 'succeeded', outputs: outputs(run, step, 0), durationMs: 1 })
  const lose = (step: StepRecord) => run.write(expire(run.locked(step.id), run.compiled, holder(step)).writes)
  succeed(take())
  return { run, take, end, succeed, lose }
}

describe('the settings of a node', () => {
  test('say how often a retryable failure is tried again and how long that waits, the same in every replay', () => {
    const retry = { attempts: 4, firstDelaySeconds: 10, factor: 2, jitter: 0.5 }
    const delays = () => {
      const { run, take, end } = startedRun(['each'], { retry })
      while (!run.ended()) end(take(), failed(true))
      return run.events.flatMap((event) => (event.type === 'step.failed' ? [event.retryInMs] : []))
    }
    const [first, second, third, last] = delays()
    expect(delays()).toEqual([first, second, third, last])
    expect(last).toBeNull()
    for (const [delay, middle] of [
      [first, 10_000],
      [second, 20_000],
      [third, 40_000],
    ] as const) {
      expect(delay).toBeGreaterThanOrEqual(middle * 0.5)
      expect(delay).toBeLessThanOrEqual(middle * 1.5)
    }
  })

  test('can send failures on, each with its item, and what is handled there does not fail the run', () => {
    const { run, take, end, succeed } = startedRun(['each', 'each'], { onError: 'port' }, 'error')
    end(take(), { kind: 'failed', failure: failure(false), durationMs: 1, item: 'the item' })
    const [sent] = [...run.outputs.values()].filter(({ port }) => port === 'error')
    expect(sent?.value).toEqual({ failure: failure(false), item: 'the item' })
    const handler = take()
    expect(handler).toMatchObject({ nodeId: 'n2', inputId: sent?.id })
    succeed(handler)
    expect(run.status).toBe('succeeded')
    expect(run.inState('failed').map(({ nodeId }) => nodeId)).toEqual(['n1'])
  })

  test('send failures on after the last attempt only', () => {
    const settings = { onError: 'port' as const, retry: { attempts: 2 } }
    const { run, take, end } = startedRun(['each', 'each'], settings, 'error')
    end(take(), failed(true))
    expect(run.outputs.size).toBe(1)
    end(take(), failed(true))
    expect(run.outputs.size).toBe(2)
  })

  test('fail the run where a failure is to go on and nothing is connected', () => {
    const { run, take, end } = startedRun(['each'], { onError: 'port' })
    end(take(), failed(false))
    expect([run.status, run.outputs.size]).toEqual(['failed', 1])
  })
})

describe('a step that does something outside once and is cut short', () => {
  const crashed: Outcome = {
    kind: 'failed',
    failure: { ...failure(true), code: 'sandbox.crashed' },
    durationMs: 1,
  }

  test.each([
    ['its worker is lost', 'lost'],
    ['its sandbox crashes', crashed],
    ['it is given back', { kind: 'released' } satisfies Outcome],
  ] as const)(
    'because %s waits for a person, where nothing else is said, and is not run again',
    (_how, how) => {
      const { run, take, end, lose } = startedRun(['once'], {})
      const step = take()
      if (how === 'lost') lose(step)
      else end(step, how)
      expect(run.status).toBe('waiting')
      expect([...run.waits.values()].map(({ kind }) => kind)).toEqual(['decision'])
      expect(run.inState('ready')).toEqual([])
    },
  )

  test.each([
    ['again', 'succeeded', undefined],
    ['fail', 'failed', 'step.uncertain'],
  ] as const)('goes on as the person says, once: %s', (decision, status, code) => {
    const { run, take, succeed, lose } = startedRun(['once'], {})
    const step = take()
    lose(step)
    const at = { stepId: step.id, attempt: step.attempt }
    const say = () => decide(run.locked(step.id), run.compiled, at, { decision, by: 'ada' })
    run.write(say().writes)
    expect(say()).toMatchObject({ held: false, writes: null })
    if (decision === 'again') succeed(take())
    expect([run.status, run.progress.firstFailure?.code]).toEqual([status, code])
  })

  test('fails where its node says so', () => {
    const { run, take, lose } = startedRun(['once'], { onUncertain: 'fail' })
    lose(take())
    expect(run.progress.firstFailure?.code).toBe('step.uncertain')
  })

  test('runs again where its node says that this does no harm', () => {
    const { run, take, lose } = startedRun(['once'], { onUncertain: 'retry' })
    lose(take())
    expect(run.inState('ready')).toHaveLength(1)
  })

  test('is tried again by itself where it says itself that it failed', () => {
    const { run, take, end } = startedRun(['once'], {})
    end(take(), failed(true))
    expect(run.inState('ready')).toHaveLength(1)
  })
})
