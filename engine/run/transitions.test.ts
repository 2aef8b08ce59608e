import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Failure, type Flow, itemBound } from '#graph'
import type { SandboxOutput, StepRecord } from './interfaces.ts'
import { MAX_ATTEMPTS } from './retry.ts'
import { anyFlow } from '../graph/testing/flows.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { type Outcome, expire, finish } from './step-end.ts'
import { cancel, look } from './transitions.ts'

const failure = (retryable: boolean): Failure => ({
  code: 'node.failed',
  message: 'It did not work.',
  fix: 'Try something else.',
  retryable,
  facts: {},
})

const failed = (retryable: boolean): Outcome => ({
  kind: 'failed',
  failure: failure(retryable),
  durationMs: 1,
})

/** Outputs that the step's node may put out; `choice` picks among them. */
function outputs(run: SimulatedRun, step: StepRecord, choice: number): SandboxOutput[] {
  const compiled = run.compiled.flow.nodes.get(step.nodeId)
  if (!compiled) throw new Error('no such node')
  const ports = Object.keys(compiled.manifest.outputs)
  const port = ports[choice % ports.length] ?? 'out'
  const count = itemBound(compiled, port) === 1 ? 1 : choice % (itemBound(compiled, port) + 1)
  return Array.from({ length: count }, (_, index) => ({ port, label: `${index}`, value: index }))
}

const holder = (step: StepRecord) => ({
  stepId: step.id,
  attempt: step.attempt,
  worker: step.leaseOwner ?? '',
})

/** One thing that may happen next, chosen by chance. */
function happen(run: SimulatedRun, kind: number, choice: number): void {
  const ready = run.inState('ready')
  const running = run.inState('running')
  const step = running[choice % Math.max(1, running.length)]
  if (kind < 3 || !step) {
    const hinted = ready[choice % Math.max(1, ready.length)]
    run.write(look(run.locked(hinted?.id ?? ''), run.compiled, `w${choice % 2}`, 1 + (choice % 3)).writes)
  } else if (kind === 3) {
    run.write(expire(run.locked(step.id), run.compiled, holder(step)).writes)
  } else if (kind === 4) {
    run.write(
      finish(run.locked(step.id), run.compiled, holder(step), failed(choice % 2 === 0), choice % 3).writes,
    )
  } else {
    const outcome: Outcome = { kind: 'succeeded', outputs: outputs(run, step, choice), durationMs: 1 }
    run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, choice % 3).writes)
  }
}

function checkSums(run: SimulatedRun, flow: Flow): void {
  const { progress } = run
  const running = run.inState('running')
  expect(progress.ready).toBe(run.inState('ready').length)
  expect(progress.slots.local).toBe(running.filter((step) => step.needsLocal).length)
  expect(progress.slots.external).toBe(running.filter((step) => step.needsExternal).length)
  expect(progress.slots.local).toBeLessThanOrEqual(flow.limits.maxLocalConcurrent)
  expect(progress.slots.external).toBeLessThanOrEqual(flow.limits.maxCloudConcurrent)
  for (const [id, node] of Object.entries(progress.nodes)) {
    const open = [...run.steps.values()].filter(
      (step) => step.nodeId === id && (step.status === 'ready' || step.status === 'running'),
    )
    expect(node.open).toBe(open.length)
  }
}

const chances = fc.array(fc.tuple(fc.nat(9), fc.nat(1000)), { minLength: 0, maxLength: 60 })

describe('the state machine of a run', () => {
  test('whatever happens in whatever order, sums agree, limits hold, no step is made or ended twice, and the run ends', () => {
    fc.assert(
      fc.property(anyFlow, chances, (flow, happenings) => {
        const run = new SimulatedRun(testSnapshot(flow))
        for (const [kind, choice] of happenings) {
          if (run.ended()) break
          happen(run, kind, choice)
          checkSums(run, flow)
        }
        for (let rounds = 0; !run.ended(); rounds++) {
          if (rounds > 5_000) throw new Error('the run does not end')
          happen(run, rounds % 2 === 0 ? 0 : 9, rounds)
        }
        checkSums(run, flow)
        expect(run.inState('ready')).toEqual([])
        expect(run.inState('running')).toEqual([])
        expect(run.events.filter((event) => event.type === 'run.finished')).toHaveLength(1)
        expect(run.events.at(-1)?.type).toBe('run.finished')
      }),
      { numRuns: 400 },
    )
  })

  test('every step that runs was in the plan, under the same path and label', () => {
    fc.assert(
      fc.property(anyFlow, fc.nat(1000), (flow, start) => {
        const snapshot = testSnapshot(flow)
        const planned = new Map(
          snapshot.plan.steps.map((step) => [`${step.nodeId} ${step.path}`, step.label]),
        )
        const run = new SimulatedRun(snapshot)
        for (let rounds = 0; !run.ended(); rounds++) happen(run, rounds % 2 === 0 ? 0 : 9, start + rounds)
        for (const step of run.steps.values()) {
          if (step.status === 'skipped') continue
          expect(planned.get(`${step.nodeId} ${step.path}`)).toBe(step.label)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('cancelling at any moment ends the run as cancelled once the running steps have reported, and starts nothing', () => {
    fc.assert(
      fc.property(anyFlow, chances, (flow, happenings) => {
        const run = new SimulatedRun(testSnapshot(flow))
        for (const [kind, choice] of happenings) if (!run.ended()) happen(run, kind, choice)
        if (run.ended()) return
        run.write(cancel(run.locked(), run.compiled, 'somebody').writes)
        const before = run.events.filter((event) => event.type === 'step.started').length
        for (const step of run.inState('running')) {
          const outcome: Outcome = { kind: 'succeeded', outputs: outputs(run, step, 1), durationMs: 1 }
          run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 5).writes)
        }
        expect(run.status).toBe('cancelled')
        expect(run.events.filter((event) => event.type === 'step.started')).toHaveLength(before)
      }),
      { numRuns: 200 },
    )
  })

  test('a worker that lost its lease commits nothing', () => {
    const run = new SimulatedRun(testSnapshot(flowOf(['source'])))
    run.write(look(run.locked(), run.compiled, 'first', 1).writes)
    const [taken] = structuredClone(run.inState('running'))
    if (!taken) throw new Error('nothing was taken')
    run.write(expire(run.locked(taken.id), run.compiled, holder(taken)).writes)
    run.write(look(run.locked(taken.id), run.compiled, 'second', 1).writes)
    const outcome: Outcome = { kind: 'succeeded', outputs: [], durationMs: 1 }
    const late = finish(run.locked(taken.id), run.compiled, holder(taken), outcome, 1)
    expect(late).toMatchObject({ held: false, writes: null })
    expect(run.inState('running').map((step) => [step.leaseOwner, step.attempt])).toEqual([['second', 2]])
  })

  test('a retryable failure is tried again as stated and then fails the step, a terminal one at once', () => {
    for (const [retryable, attempts] of [
      [true, MAX_ATTEMPTS],
      [false, 1],
    ] as const) {
      const run = new SimulatedRun(testSnapshot(flowOf(['source'])))
      while (!run.ended()) {
        run.write(look(run.locked(), run.compiled, 'w', 1).writes)
        const [step] = run.inState('running')
        if (step)
          run.write(finish(run.locked(step.id), run.compiled, holder(step), failed(retryable), 0).writes)
      }
      expect(run.status).toBe('failed')
      expect([...run.steps.values()].map((step) => step.attempts.length)).toEqual([attempts])
    }
  })

  test('an item that fails leaves its siblings alone, and the collecting node works with those that came through', () => {
    const run = new SimulatedRun(testSnapshot(flowOf(['source', 'agents', 'collect'], ['a', 'b', 'c'])))
    while (!run.ended()) {
      const [ready] = run.inState('ready')
      run.write(look(run.locked(ready?.id ?? ''), run.compiled, 'w', 1).writes)
      for (const step of run.inState('running')) {
        const lost = step.label === 'B'
        const outcome: Outcome = lost
          ? failed(false)
          : { kind: 'succeeded', outputs: outputs(run, step, 0), durationMs: 1 }
        run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 0).writes)
      }
    }
    expect(run.status).toBe('succeeded')
    expect(run.progress.nodes['n1']).toMatchObject({ succeeded: 2, failed: 1, open: 0, closed: true })
    expect(run.progress.nodes['n2']).toMatchObject({ succeeded: 1, closed: true })
  })

  test('when nothing comes through, what collects is skipped and the run fails with the first failure', () => {
    const run = new SimulatedRun(testSnapshot(flowOf(['source', 'agents', 'collect'])))
    while (!run.ended()) {
      run.write(look(run.locked(), run.compiled, 'w', 9).writes)
      for (const step of run.inState('running')) {
        const outcome: Outcome =
          step.nodeId === 'n0'
            ? { kind: 'succeeded', outputs: outputs(run, step, 0), durationMs: 1 }
            : failed(false)
        run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 0).writes)
      }
    }
    expect(run.status).toBe('failed')
    expect(run.inState('skipped').map((step) => step.nodeId)).toEqual(['n2'])
    expect(run.events.at(-1)).toMatchObject({ type: 'run.finished', failure: { code: 'node.failed' } })
  })

  test('a full local slot does not hold up a step that needs an external model', () => {
    const flow = flowOf(['source', 'agents'], ['a', 'b', 'c'])
    const run = new SimulatedRun(testSnapshot(flow))
    run.write(look(run.locked(), run.compiled, 'w', 9).writes)
    const [source] = run.inState('running')
    if (!source) throw new Error('the source did not start')
    const outcome: Outcome = { kind: 'succeeded', outputs: outputs(run, source, 0), durationMs: 1 }
    run.write(finish(run.locked(source.id), run.compiled, holder(source), outcome, 9).writes)
    expect(run.inState('running').map((step) => step.label)).toEqual(['A', 'C'])
  })
})
