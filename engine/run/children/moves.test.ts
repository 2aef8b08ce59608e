import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_USAGE } from '#graph'
import map from '../../../nodes/map.ts'
import type { ChildState, ChildrenState } from './interfaces.ts'
import { movesOf } from './moves.ts'

function stateOf(count: number, parallel: number): ChildrenState {
  const inputs = Array.from({ length: count }, (_, item) => ({ item }))
  return {
    waits: true,
    paused: false,
    startedBy: null,
    used: NO_USAGE,
    flowId: 'flow',
    wait: { kind: 'runs', flow: 'flow', inputs, brief: null, parallel },
    children: inputs.map(({ item: place }) => ({
      place,
      runId: `run_${place}`,
      tries: 0,
      started: false,
      ended: false,
      free: true,
      paused: false,
      status: null,
      usage: NO_USAGE,
      failure: null,
    })),
  }
}

const begin = (child: ChildState) =>
  Object.assign(child, { started: true, free: false, status: 'running' as const })
const end = (child: ChildState) => Object.assign(child, { ended: true, status: 'succeeded' as const })
const some = (states: ChildState[], from: ChildrenState) => ({ ...from, children: states })

test('whatever order runs end in, so many at a time are begun, each once, and results are in the list’s order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 6 }),
      fc.infiniteStream(fc.nat()),
      async (count, parallel, chances) => {
        const state = stateOf(count, parallel)
        const begun: number[] = []
        for (const chance of chances) {
          const moves = movesOf(state)
          begun.push(...moves.start)
          for (const place of moves.start) begin(state.children[place] as ChildState)
          const running = state.children.filter(({ started, ended }) => started && !ended)
          expect(running.length).toBeLessThanOrEqual(parallel)
          expect(moves.answer).toBe(running.length === 0)
          if (moves.answer) break
          end(running[chance % running.length] as ChildState)
        }
        expect(begun).toEqual(state.children.map(({ place }) => place))
        const value = state.children.map(({ runId, place }) => ({ runId, result: { place }, failure: null }))
        const put = await map.run({
          config: { flow: 'flow', field: '', parallel, maxItems: 200, onFailure: 'go on' },
          inputs: { input: begun },
          resumed: { kind: 'runs', expired: false, carry: null, value },
        } as never)
        expect((put as { results: { value: unknown }[] }).results.map((result) => result.value)).toEqual(
          begun.map((place) => ({ place })),
        )
      },
    ),
  )
})

describe('a step that waits', () => {
  test('begins a run again whose beginning was not noted, before any new one', () => {
    const state = stateOf(3, 1)
    Object.assign(state.children[1] as ChildState, { status: 'running' })
    expect(movesOf(state).start).toEqual([1])
  })

  test('takes a run that is gone for one that ended, and says so before it is answered', () => {
    const state = stateOf(1, 1)
    Object.assign(begin(state.children[0] as ChildState), { status: null })
    expect(movesOf(state)).toMatchObject({ gone: [0], answer: false })
  })

  test('has its runs paused while it is paused, begins none, and has them go on afterwards', () => {
    const state = stateOf(2, 1)
    const [first] = state.children
    begin(first as ChildState)
    expect(movesOf({ ...state, paused: true })).toMatchObject({ pause: [0], start: [], resume: [] })
    Object.assign(first as ChildState, { paused: true, status: 'paused' })
    expect(movesOf({ ...state, paused: true })).toMatchObject({ pause: [], start: [] })
    expect(movesOf(state)).toMatchObject({ resume: [0], start: [] })
  })
})

describe('a step that waits no more', () => {
  test('has what began cancelled and the rest never begun, and is settled when all of them have ended', () => {
    const state = { ...stateOf(3, 1), waits: false }
    const [first, second, third] = state.children as [ChildState, ChildState, ChildState]
    end(begin(first))
    begin(second)
    expect(movesOf(state)).toMatchObject({ cancel: [1], drop: [2], start: [], settled: false })
    expect(movesOf(some([first, end(second), third], state))).toMatchObject({ cancel: [], settled: true })
  })

  test('leaves detached runs alone', () => {
    const state = { ...stateOf(1, 1), waits: false }
    begin(state.children[0] as ChildState)
    const wait = { ...state.wait, detached: true }
    expect(movesOf({ ...state, wait })).toMatchObject({ cancel: [], settled: true })
  })
})
