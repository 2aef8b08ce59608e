import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { andFollowing, stepKey } from '#graph'
import { anyFlow } from '../graph/testing/flows.ts'
import { earlierOf, play, replayed } from './testing/played-run.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'

const resultOf = ({ outputs }: SimulatedRun) =>
  Object.fromEntries([...outputs.values()].map(({ path, value, ordinal }) => [path, { value, ordinal }]))

const started = ({ events }: SimulatedRun) =>
  events.flatMap((event) => (event.type === 'step.started' ? [stepKey(event.nodeId, event.path)] : []))

const keysOf = (run: SimulatedRun, nodeId: string) =>
  [...run.steps.values()].filter((step) => step.nodeId === nodeId).map((step) => stepKey(nodeId, step.path))

/** Steps of a disturbed run that did what they would have done undisturbed, as everything before them did. */
function sound(run: SimulatedRun, undisturbed: SimulatedRun): Set<string> {
  const found = new Set<string>()
  for (const id of run.compiled.flow.order) {
    const node = run.compiled.flow.nodes.get(id)
    const everything = node?.upstream.flatMap((upstream) => keysOf(undisturbed, upstream)) ?? []
    const skipped = new Set(
      [...undisturbed.steps.values()].flatMap((step) =>
        step.status === 'skipped' ? [stepKey(step.nodeId, step.path)] : [],
      ),
    )
    for (const step of run.steps.values()) {
      if (step.nodeId !== id || step.status !== 'succeeded') continue
      const maker = run.steps.get(step.inputId?.replace(/\.\d+$/, '') ?? '')
      const before = maker ? [stepKey(maker.nodeId, maker.path)] : everything
      if (before.every((key) => found.has(key) || skipped.has(key))) found.add(stepKey(id, step.path))
    }
  }
  return found
}

const disturbance = fc.record({
  dice: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8 }),
  after: fc.nat(12),
})

function disturbed(
  flow: Parameters<typeof testSnapshot>[0],
  { dice, after }: { dice: number[]; after: number },
) {
  const rolled = (key: string) =>
    dice[Buffer.from(key).reduce((sum, byte) => sum + byte, 0) % dice.length] ?? 0
  return play(new SimulatedRun(testSnapshot(flow)), {
    fails: (key) => rolled(key) === 0,
    cancelAfter: after > 8 ? Infinity : after,
  })
}

describe('a retry', () => {
  test('comes to what the run would have come to undisturbed, and runs nothing that was sound', () => {
    fc.assert(
      fc.property(anyFlow, disturbance, (flow, how) => {
        const undisturbed = play(new SimulatedRun(testSnapshot(flow)))
        const before = disturbed(flow, how)
        const { run, given } = replayed(earlierOf(before))
        const taken = new Set(given.map(({ nodeId, path }) => stepKey(nodeId, path)))
        expect(taken).toEqual(sound(before, undisturbed))
        play(run)
        expect(resultOf(run)).toEqual(resultOf(undisturbed))
        expect(run.status).toBe(undisturbed.status)
        const all = [...undisturbed.steps.values()].filter(({ status }) => status === 'succeeded')
        const rest = all.map((step) => stepKey(step.nodeId, step.path)).filter((key) => !taken.has(key))
        expect(started(run).toSorted()).toEqual(rest.toSorted())
      }),
      { numRuns: 500 },
    )
  })

  test('of a retry takes over what either of the two had finished', () => {
    const flow = flowOf(['source', 'each', 'each', 'collect'])
    const fails = (node: string) => ({ fails: (key: string) => key.startsWith(node) })
    const first = play(new SimulatedRun(testSnapshot(flow)), fails('n2'))
    const { run: second } = replayed(earlierOf(first))
    play(second, fails('n3'))
    const { run: third } = replayed(earlierOf(second))
    expect(started(play(third)).map((key) => key.split(' ')[0])).toEqual(['n3'])
    expect(third.status).toBe('succeeded')
  })
})

describe('a rerun from a node', () => {
  test('runs that node and what follows it, takes everything else over, and comes to the same', () => {
    fc.assert(
      fc.property(anyFlow, fc.nat(7), (flow, at) => {
        const node = flow.nodes[at % flow.nodes.length]?.id ?? ''
        const before = play(new SimulatedRun(testSnapshot(flow)))
        const { run } = replayed(earlierOf(before), { node })
        play(run)
        const again = andFollowing(flow, node)
        const expected = [...before.steps.values()].filter(
          ({ nodeId, status }) => again.has(nodeId) && status === 'succeeded',
        )
        expect(started(run).toSorted()).toEqual(
          expected.map((step) => stepKey(step.nodeId, step.path)).toSorted(),
        )
        expect(resultOf(run)).toEqual(resultOf(before))
      }),
      { numRuns: 300 },
    )
  })

  test('hands the node its items as they were changed and nobody else, and what was put out stays as it was', () => {
    const base = flowOf(['source', 'several', 'each', 'each'])
    const other = { id: 'e9', source: { node: 'n1', port: 'out' }, target: { node: 'n3', port: 'in' } }
    const flow = { ...base, edges: [...base.edges.slice(0, 2), other] }
    const before = play(new SimulatedRun(testSnapshot(flow)))
    const path = [...before.outputs.values()].find(({ nodeId }) => nodeId === 'n1')?.path ?? ''
    const { run } = replayed(earlierOf(before), {
      node: 'n2',
      edits: [{ node: 'n2', path, value: 'changed' }],
    })
    play(run)
    const [was, is] = [resultOf(before), resultOf(run)]
    const differ = new Set(
      [...Object.keys(was), ...Object.keys(is)].filter(
        (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
      ),
    )
    expect(path).not.toBe('')
    expect([...differ].every((key) => key.startsWith(`${path}/n2.`))).toBe(true)
    expect(started(run).every((key) => key.startsWith('n2 '))).toBe(true)
  })

  test('with a flow that has changed takes nothing over from a node that something else leads to', () => {
    const flow = flowOf(['source', 'each', 'each', 'collect'])
    const before = play(new SimulatedRun(testSnapshot(flow)))
    const [first, , last] = flow.edges
    const shorter = {
      ...flow,
      edges: [first, last && { ...last, source: { node: 'n1', port: 'out' } }].flatMap((edge) => edge ?? []),
    }
    const { given } = replayed(earlierOf(before), { flow: shorter })
    expect(given.map(({ nodeId }) => nodeId)).not.toContain('n3')
    expect(given.map(({ nodeId }) => nodeId)).toContain('n1')
  })
})
