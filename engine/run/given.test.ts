import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Flow,
  type PortRef,
  type TrialScope,
  compile,
  exampleDraft,
  exampleEvaluation,
  itemBound,
  itemPath,
  plan,
  portKey,
  trialFlow,
  trialPart,
} from '#graph'
import { TEST_CATALOG, TEST_MANIFESTS, anyFlow } from '../graph/testing/flows.ts'
import { type GivenStep, asOwn, renaming } from './given.ts'
import type { Json, SandboxOutput, StepRecord } from './interfaces.ts'
import { finish } from './step-end.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { look } from './transitions.ts'

/** A trial in which every port that it needs, and those named, are given `count` items. */
function trialOf(flow: Flow, scope: TrialScope, wanted: { node: string; port: string }[], count = 2) {
  const need = trialPart(flow, scope, wanted)
  const part = trialPart(flow, scope, [...wanted, ...need.missing])
  const itemsAt = ({ node, port }: PortRef) =>
    Array.from({ length: count }, (_, index) => {
      return {
        port,
        path: itemPath('', node, port, index),
        ordinal: [index],
        label: `${index}`,
        value: index,
      }
    })
  const given = [...Map.groupBy(part.given, ({ node }) => node)].map(([nodeId, ports]): GivenStep => {
    return { nodeId, path: '', label: '', outputs: ports.flatMap(itemsAt) }
  })
  const facts = {
    scope,
    nodes: [...part.runs],
    given: part.given.map((port) => ({ ...port, items: count, fromRun: null })),
  }
  const items = new Map(
    part.given.map((port) => [
      portKey(port),
      itemsAt(port).map(({ path }) => ({ path, model: null, conditional: false })),
    ]),
  )
  const planned = plan(compile(trialFlow(flow, facts), TEST_MANIFESTS), TEST_CATALOG, {
    items,
    steps: new Map(),
  })
  if ('tooLarge' in planned) throw new Error('the trial is too large')
  return { snapshot: { ...testSnapshot(flow), plan: planned, trial: facts }, given, part }
}

/** One item at every port, so that nothing that was planned stays away. */
function outputs(run: SimulatedRun, step: StepRecord): SandboxOutput[] {
  const node = run.compiled.flow.nodes.get(step.nodeId)
  if (!node) throw new Error('no such node')
  return Object.keys(node.manifest.outputs).flatMap((port) =>
    Array.from({ length: itemBound(node, port) }, (_, index) => ({ port, label: `${index}`, value: index })),
  )
}

function runToEnd(run: SimulatedRun): void {
  for (let rounds = 0; !run.ended(); rounds++) {
    if (rounds > 5_000) throw new Error('the run does not end')
    const [ready] = run.inState('ready')
    run.write(look(run.locked(ready?.id ?? ''), run.compiled, 'w', 3).writes)
    for (const step of run.inState('running')) {
      const outcome = { kind: 'succeeded' as const, outputs: outputs(run, step), durationMs: 1 }
      const holder = { worker: 'w', stepId: step.id, attempt: step.attempt }
      run.write(finish(run.locked(step.id), run.compiled, holder, outcome, 0).writes)
    }
  }
}

const anyScope: fc.Arbitrary<{ at: number; and: 'alone' | 'following' | 'flow' }> = fc.record({
  at: fc.nat(7),
  and: fc.constantFrom('alone', 'following', 'flow'),
})

describe('a trial', () => {
  test('does exactly what its plan says, starts nothing that is given or left out, and ends', () => {
    fc.assert(
      fc.property(
        anyFlow,
        anyScope,
        fc.nat(3),
        fc.array(fc.boolean(), { minLength: 20 }),
        (flow, how, count, dice) => {
          const node = flow.nodes[how.at % flow.nodes.length]?.id ?? ''
          const scope: TrialScope = how.and === 'flow' ? 'flow' : { node, and: how.and }
          const ports = flow.edges.map(({ source }) => source).filter((_, index) => dice[index % dice.length])
          const { snapshot, given, part } = trialOf(flow, scope, ports, count)
          fc.pre(part.runs.size > 0)
          const run = new SimulatedRun(snapshot, given)
          runToEnd(run)
          const ran = run.events.flatMap((event) => (event.type === 'step.started' ? [event] : []))
          for (const event of ran) expect(part.runs.has(event.nodeId)).toBe(true)
          const name = ({ nodeId, path }: { nodeId: string; path: string }) => `${nodeId} ${path}`
          expect(new Set(ran.map(name))).toEqual(new Set(snapshot.plan.steps.map(name)))
          expect(run.progress.usage.calls).toBe(0)
          expect(run.events.at(-1)?.type).toBe('run.finished')
        },
      ),
      { numRuns: 400 },
    )
  })

  test('begins with one succeeded step for each given node, which carries the items as they were', () => {
    const flow = flowOf(['source', 'agents', 'collect'], ['a', 'b'])
    const { snapshot, given } = trialOf(flow, { node: 'n2', and: 'alone' }, [])
    const run = new SimulatedRun(snapshot, given)
    expect(run.events.map(({ type }) => type)).toEqual(['run.started', 'step.given'])
    expect(run.inState('succeeded')).toMatchObject([{ nodeId: 'n1', path: '', attempt: 0 }])
    expect([...run.outputs.values()].map(({ path, label, value }) => [path, label, value])).toEqual([
      ['n1.out:0', '0', 0],
      ['n1.out:1', '1', 1],
    ])
    runToEnd(run)
    expect(run.status).toBe('succeeded')
    expect([...run.steps.values()].map(({ nodeId }) => nodeId)).toEqual(['n1', 'n2'])
  })

  test('in which nothing is given on purpose skips what collects it', () => {
    const { snapshot, given } = trialOf(flowOf(['source', 'collect']), { node: 'n1', and: 'alone' }, [], 0)
    const run = new SimulatedRun(snapshot, given)
    expect(run.status).toBe('succeeded')
    expect(run.inState('skipped').map(({ nodeId }) => nodeId)).toEqual(['n1'])
  })
})

test('given drafts get ids of the run, wherever they are named, and everything else stays as it is', () => {
  const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
  const place = { path: 'p', ordinal: [0], label: 'l' }
  const draft = { port: 'out', ...place, value: json(exampleDraft()) }
  const evaluation = { port: 'out', ...place, value: json(exampleEvaluation('draft-1', [7])) }
  const other = { port: 'out', ...place, value: json({ text: 'draft-1', id: 'draft-2' }) }
  const given = [draft, evaluation, other].map((item, index): GivenStep => {
    return { nodeId: `n${index}`, path: '', label: '', outputs: [item] }
  })
  const ids = (runId: string) =>
    asOwn(given, renaming(given, runId)).flatMap(({ outputs: items }) =>
      items.map(({ value }) => value as Record<string, Json>),
    )
  const [one, two] = [ids('run_1'), ids('run_2')]
  expect(one[0]?.['id']).toMatch(/^[0-9a-f]{32}$/)
  expect(one[1]?.['draftId']).toBe(one[0]?.['id'])
  expect(two[0]?.['id']).not.toBe(one[0]?.['id'])
  expect(one[2]).toEqual(other.value)
  expect({ ...one[0], id: 'draft-1' }).toEqual(draft.value)
})
