import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_RETRY, EMPTY_RUN_VIEW, type Flow, type WaitSpec, foldRun } from '#graph'
import type { StepRecord } from './interfaces.ts'
import { anyFlow } from '../graph/testing/flows.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { failed, failure, holder, outputs } from './testing/steps.ts'
import { ranTooLong } from './retry.ts'
import { type Outcome, decide, expire, finish } from './step-end.ts'
import { pause, unpause } from './pausing.ts'
import { cancel, look, stop } from './transitions.ts'
import { MAX_WAITS, resolve } from './waits.ts'

/** A wait with or without an end, or for a time that has come already. */
function waiting(choice: number): Outcome {
  const waits: WaitSpec[] = [
    { kind: 'timer', seconds: choice % 2 },
    { kind: 'callback', carry: choice },
    { kind: 'callback', deadline: { seconds: 60 } },
  ]
  const wait = waits[choice % waits.length] ?? { kind: 'callback' }
  return { kind: 'waiting', wait, tokenHash: `${choice}`, durationMs: 1 }
}

const any = <T>(list: readonly T[], choice: number): T | undefined => list[choice % Math.max(1, list.length)]

/** Notes which steps a database's clock would let go on now. */
function tick(run: SimulatedRun, choice: number): void {
  run.notYet.clear()
  for (const [index, step] of run.inState('waiting').entries()) {
    const due = run.waits.get(`${step.id} ${step.attempt}`)?.due
    if (due === null || (choice + index) % 3 === 0) run.notYet.add(step.id)
  }
}

/** One thing that may happen next, chosen by chance; hints and answers may be doubled or come too late. */
function happen(run: SimulatedRun, kind: number, choice: number): void {
  const { compiled } = run
  const running = run.inState('running')
  const step = any(running, choice)
  const finishing = (outcome: Outcome) =>
    step && run.write(finish(run.locked(step.id), compiled, holder(step), outcome, choice % 3).writes)
  if (kind === 8) {
    const asked = any(
      [...run.waits.values()].filter((wait) => wait.kind === 'decision'),
      choice,
    )
    const said = { decision: choice % 2 ? ('again' as const) : ('fail' as const), by: 'ada' }
    if (asked) run.write(decide(run.locked(asked.stepId), compiled, asked, said).writes)
  } else if (kind === 7) {
    run.write((choice % 2 ? pause : unpause)(run.locked(), compiled, 'ada').writes)
  } else if (kind === 6) {
    const waited = any(
      [...run.waits.values()].filter((wait) => wait.kind !== 'decision'),
      choice,
    )
    if (waited) {
      const answer = { value: choice, by: null }
      run.write(resolve(run.locked(waited.stepId), compiled, waited, answer).writes)
    }
  } else if (kind < 3 || !step) {
    tick(run, choice)
    const hinted = any([...run.inState('ready'), ...run.inState('waiting')], choice)
    run.write(look(run.locked(hinted?.id ?? ''), compiled, `w${choice % 2}`, 1 + (choice % 3)).writes)
  } else if (kind === 3) {
    run.write(expire(run.locked(step.id), compiled, holder(step)).writes)
  } else if (kind === 4) finishing(failed(choice % 2 === 0))
  else if (kind === 5) finishing(waiting(choice))
  else finishing({ kind: 'succeeded', outputs: outputs(run, step, choice), durationMs: 1 })
}

/** Looks, answers and finishes until the run has ended. */
function bringToAnEnd(run: SimulatedRun, start = 0): void {
  for (let rounds = 0; !run.ended(); rounds++) {
    if (rounds > 5_000) throw new Error('the run does not end')
    run.write(unpause(run.locked(), run.compiled, 'ada').writes)
    happen(run, [0, 9, 6, 8][rounds % 4] ?? 0, start + Math.floor(rounds / 4))
  }
}

function checkSums(run: SimulatedRun, flow: Flow): void {
  const { progress } = run
  const running = run.inState('running')
  const waits = run.inState('waiting')
  const ready = run.inState('ready')
  expect(progress.ready).toBe(ready.length)
  expect(progress.waiting).toBe(waits.length)
  expect(progress.slots.local).toBe(running.filter((step) => step.needsLocal).length)
  expect(progress.slots.external).toBe(running.filter((step) => step.needsExternal).length)
  expect(progress.slots.local).toBeLessThanOrEqual(flow.limits.maxLocalConcurrent)
  expect(progress.slots.external).toBeLessThanOrEqual(flow.limits.maxCloudConcurrent)
  for (const [id, node] of Object.entries(progress.nodes)) {
    const open = [...ready, ...running, ...waits].filter((step) => step.nodeId === id)
    expect(node.open).toBe(open.length)
  }
  if (run.ended()) return
  const nothingElse = waits.length > 0 && ready.length === 0 && running.length === 0
  expect(['paused', nothingElse ? 'waiting' : 'running']).toContain(run.status)
  expect(foldRun(EMPTY_RUN_VIEW, run.log()).status).toBe(run.status)
}

const chances = fc.array(fc.tuple(fc.nat(9), fc.nat(1000)), { minLength: 0, maxLength: 60 })

/** A run of one node whose step has begun to wait; `taken` is the step as it was while it ran. */
function waitingRun(wait: WaitSpec) {
  const run = new SimulatedRun(testSnapshot(flowOf(['source'])))
  run.write(look(run.locked(), run.compiled, 'w', 1).writes)
  const [taken] = structuredClone(run.inState('running'))
  if (!taken) throw new Error('nothing was taken')
  const outcome: Outcome = { kind: 'waiting', wait, tokenHash: null, durationMs: 1 }
  run.write(finish(run.locked(taken.id), run.compiled, holder(taken), outcome, 1).writes)
  const at = { stepId: taken.id, attempt: taken.attempt }
  const answer = (value: number, where = at) => {
    const { held, writes } = resolve(run.locked(taken.id), run.compiled, where, { value, by: 'ada' })
    run.write(writes)
    return held
  }
  return { run, taken, at, answer }
}

describe('a step that waits', () => {
  test('holds no slot, keeps the run open and makes it a waiting one', () => {
    const { run } = waitingRun({ kind: 'callback' })
    expect(run.status).toBe('waiting')
    expect(run.progress).toMatchObject({ ready: 0, waiting: 1, slots: { local: 0, external: 0 } })
    expect(run.events.slice(-2).map(({ type }) => type)).toEqual(['step.waiting', 'run.waiting'])
  })

  test('goes on with the first answer to it; a second one, and one to another attempt, change nothing', () => {
    const { run, at, answer } = waitingRun({ kind: 'callback' })
    expect(answer(0, { ...at, attempt: at.attempt + 1 })).toBe(false)
    expect(answer(1)).toBe(true)
    expect(answer(2)).toBe(false)
    expect([...run.waits.values()].map(({ answer: given }) => given?.value)).toEqual([1])
    expect(run.inState('ready').map(({ resumedFrom }) => resumedFrom)).toEqual([at.attempt])
    expect(run.status).toBe('running')
  })

  test('goes on by itself when its time has come by the clock of the database, and not before', () => {
    const { run, taken } = waitingRun({ kind: 'timer', seconds: 60 })
    run.notYet.add(taken.id)
    run.write(look(run.locked(taken.id), run.compiled, 'w', 1).writes)
    expect(run.inState('waiting')).toHaveLength(1)
    run.notYet.clear()
    run.write(look(run.locked(taken.id), run.compiled, 'w', 1).writes)
    expect(run.inState('running').map(({ resumedFrom, attempt }) => [resumedFrom, attempt])).toEqual([[1, 2]])
  })

  test('takes no answer any more once its run is cancelled, and ends with it', () => {
    const { run, answer } = waitingRun({ kind: 'callback' })
    run.write(cancel(run.locked(), run.compiled, 'somebody').writes)
    expect(run.status).toBe('cancelled')
    expect(answer(1)).toBe(false)
  })

  test('that waits again and again without an end fails', () => {
    const { run, taken, answer } = waitingRun({ kind: 'callback' })
    for (let rounds = 1; run.inState('waiting').length > 0; rounds++) {
      expect(rounds).toBeLessThanOrEqual(MAX_WAITS)
      answer(rounds, { stepId: taken.id, attempt: rounds })
      run.write(look(run.locked(taken.id), run.compiled, 'w', 1).writes)
      const [step] = run.inState('running')
      if (!step) throw new Error('it did not go on')
      const outcome: Outcome = { kind: 'waiting', wait: { kind: 'callback' }, tokenHash: null, durationMs: 1 }
      run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 1).writes)
    }
    expect(run.status).toBe('failed')
    expect(run.progress.firstFailure?.code).toBe('wait.too_many')
  })
})

describe('a run that has no more time', () => {
  test('ends as failed with that reason: what is ready or waits at once, what runs when it reports', () => {
    fc.assert(
      fc.property(anyFlow, chances, (flow, happenings) => {
        const run = new SimulatedRun(testSnapshot(flow))
        for (const [kind, choice] of happenings) if (!run.ended()) happen(run, kind, choice)
        if (run.ended()) return
        run.write(stop(run.locked(), run.compiled, ranTooLong(5)).writes)
        for (const step of run.inState('running')) {
          run.write(finish(run.locked(step.id), run.compiled, holder(step), failed(true), 9).writes)
        }
        expect(run.status).toBe('failed')
        expect(run.events.at(-1)).toMatchObject({ failure: { code: 'limit.run_time' } })
      }),
      { numRuns: 200 },
    )
  })
})

describe('a step that stops its run', () => {
  test('fails it with its reason: what is ready or waits ends at once, what runs when it reports', () => {
    const failureOf = { ...failure(false), code: 'flow.stopped', message: 'Enough.' }
    fc.assert(
      fc.property(anyFlow, chances, (flow, happenings) => {
        const run = new SimulatedRun(testSnapshot(flow))
        for (const [kind, choice] of happenings) if (!run.ended()) happen(run, kind, choice)
        const [step, ...others] = run.inState('running')
        if (run.ended() || !step) return
        const outcome: Outcome = { kind: 'failed', failure: failureOf, durationMs: 1 }
        run.write(finish(run.locked(step.id), run.compiled, holder(step), outcome, 9).writes)
        expect([...run.inState('ready'), ...run.inState('waiting')]).toEqual([])
        checkSums(run, flow)
        for (const other of others) {
          run.write(finish(run.locked(other.id), run.compiled, holder(other), failed(true), 9).writes)
        }
        expect(run.status).toBe('failed')
        expect(run.events.at(-1)).toMatchObject({ failure: { message: 'Enough.' } })
      }),
      { numRuns: 200 },
    )
  })
})

describe('a paused run', () => {
  const succeeded = (run: SimulatedRun, step: StepRecord): Outcome => {
    return { kind: 'succeeded', outputs: outputs(run, step, 0), durationMs: 1 }
  }
  const isStarted = ({ type }: { type: string }) => type === 'step.started'

  test('starts nothing, neither by a hint nor after a step that ends, until it is resumed', () => {
    fc.assert(
      fc.property(anyFlow, chances, (flow, happenings) => {
        const run = new SimulatedRun(testSnapshot(flow))
        for (const [kind, choice] of happenings) if (!run.ended()) happen(run, kind, choice)
        if (run.ended()) return
        run.write(pause(run.locked(), run.compiled, 'ada').writes)
        const before = run.events.filter(isStarted).length
        for (const [kind, choice] of happenings) if (!run.ended() && kind !== 7) happen(run, kind, choice)
        expect(run.events.filter(isStarted)).toHaveLength(before)
        expect(run.ended() || run.status === 'paused').toBe(true)
        bringToAnEnd(run)
      }),
      { numRuns: 200 },
    )
  })

  test('takes the answer to a wait, and lets the step go on when it is resumed', () => {
    const { run, answer } = waitingRun({ kind: 'callback' })
    run.write(pause(run.locked(), run.compiled, 'ada').writes)
    expect(answer(1)).toBe(true)
    expect(run.status).toBe('paused')
    const { writes, left } = unpause(run.locked(), run.compiled, 'ada')
    run.write(writes)
    expect(left).toHaveLength(1)
    expect(run.status).toBe('running')
  })

  test('in which nothing but a wait is left is a waiting one again when it is resumed', () => {
    const { run } = waitingRun({ kind: 'callback' })
    run.write(pause(run.locked(), run.compiled, 'ada').writes)
    run.write(unpause(run.locked(), run.compiled, 'ada').writes)
    expect(run.status).toBe('waiting')
    expect(run.events.slice(-2).map(({ type }) => type)).toEqual(['run.resumed', 'run.waiting'])
  })

  test('can be cancelled, and ends when its running steps have reported', () => {
    const run = new SimulatedRun(testSnapshot(flowOf(['source', 'each'])))
    run.write(look(run.locked(), run.compiled, 'w', 1).writes)
    run.write(pause(run.locked(), run.compiled, 'ada').writes)
    run.write(cancel(run.locked(), run.compiled, 'ada').writes)
    const [step] = run.inState('running')
    if (!step) throw new Error('nothing runs')
    run.write(finish(run.locked(step.id), run.compiled, holder(step), succeeded(run, step), 1).writes)
    expect(run.status).toBe('cancelled')
  })
})

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
        bringToAnEnd(run)
        checkSums(run, flow)
        for (const open of ['ready', 'running', 'waiting'] as const) expect(run.inState(open)).toEqual([])
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
        bringToAnEnd(run, start)
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
          run.write(pause(run.locked(), run.compiled, 'somebody').writes)
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
      [true, DEFAULT_RETRY.attempts],
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
