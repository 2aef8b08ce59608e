import { type Failure, andFollowing, compile, flowToRun, itemBound, plan, stepKey } from '#graph'
import { TEST_CATALOG, TEST_MANIFESTS } from '../../graph/testing/flows.ts'
import { asArrived, sourcesOf } from '../arrived.ts'
import type { GivenStep } from '../given.ts'
import type { EarlierRun, ItemEdit, Json, RunSnapshot, SandboxOutput, StepRecord } from '../interfaces.ts'
import { candidates, plannedSteps } from '../replay.ts'
import { finish } from '../step-end.ts'
import { cancel, look } from '../transitions.ts'
import { SimulatedRun } from './simulated-run.ts'

const failure: Failure = { code: 'test.failed', message: 'No.', fix: '', retryable: false, facts: {} }

const mix = (value: Json): number =>
  Buffer.from(JSON.stringify(value)).reduce((sum, byte) => (sum * 31 + byte) % 65_521, 7)

/** What a step gets: its item, or all that was gathered for it, in a stable order. */
function inputOf(run: SimulatedRun, step: StepRecord): Json {
  const { edits } = run.compiled.snapshot
  const item = step.inputId === null ? undefined : run.outputs.get(step.inputId)
  if (item) return asArrived(edits, step.nodeId, item).value
  const node = run.compiled.flow.nodes.get(step.nodeId)
  const sources = new Set((node ? sourcesOf(node) : []).map(({ nodeId, port }) => `${nodeId}.${port}`))
  return [...run.outputs.values()]
    .filter(({ nodeId, port }) => sources.has(`${nodeId}.${port}`))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((output) => asArrived(edits, step.nodeId, output).value)
}

/** Follows from where a step stands and what it got, and from nothing else. Every now and then a port stays empty. */
function outputsOf(run: SimulatedRun, step: StepRecord): SandboxOutput[] {
  const node = run.compiled.flow.nodes.get(step.nodeId)
  if (!node) throw new Error('no such node')
  const got = mix([step.nodeId, step.path, inputOf(run, step)])
  const ports = Object.keys(node.manifest.outputs)
  return ports.flatMap((port) => {
    const bound = itemBound(node, port)
    const length = got % 9 === 0 && ports.length * bound > 1 ? 0 : 1 + ((got + port.length) % bound)
    return Array.from({ length }, (_, index): SandboxOutput => {
      return { port, label: `${index}`, value: mix([got, port, index]) }
    })
  })
}

/** Runs it to its end. `fails`: steps that fail, by `stepKey`. `cancelAfter`: how many steps end before a cancel. */
export function play(
  run: SimulatedRun,
  {
    fails = () => false,
    cancelAfter = Infinity,
  }: { fails?(key: string): boolean; cancelAfter?: number } = {},
): SimulatedRun {
  let ended = 0
  for (let rounds = 0; !run.ended(); rounds++) {
    if (rounds > 5_000) throw new Error('the run does not end')
    if (ended >= cancelAfter) run.write(cancel(run.locked(), run.compiled, 'test').writes)
    const [ready] = run.inState('ready')
    if (ready) run.write(look(run.locked(ready.id), run.compiled, 'w', 3).writes)
    for (const step of run.inState('running')) {
      const outcome = fails(stepKey(step.nodeId, step.path))
        ? { kind: 'failed' as const, failure, durationMs: 1 }
        : { kind: 'succeeded' as const, outputs: outputsOf(run, step), durationMs: 1 }
      const holder = { worker: 'w', stepId: step.id, attempt: step.attempt }
      run.write(finish(run.locked(step.id), run.compiled, holder, outcome, 0).writes)
      ended += 1
    }
  }
  return run
}

export const earlierOf = ({ compiled, status, steps, outputs }: SimulatedRun): EarlierRun => ({
  snapshot: compiled.snapshot,
  status,
  flowId: null,
  flowVersionId: null,
  steps: [...steps.values()],
  outputs: [...outputs.values()],
})

/** A new run of this flow that takes over what it can, from `node` on nothing. */
export function replayed(
  earlier: EarlierRun,
  {
    flow = earlier.snapshot.flow,
    node = null,
    edits = [],
  }: Partial<RunSnapshot> & { node?: string | null; edits?: ItemEdit[] } = {},
): { run: SimulatedRun; given: GivenStep[] } {
  const now = compile(flow, TEST_MANIFESTS)
  const before = compile(flowToRun(earlier.snapshot), TEST_MANIFESTS)
  const again = node === null ? new Set<string>() : andFollowing(flow, node)
  const there = candidates(earlier, before, now, { again, idle: new Set() })
  const planned = plan(now, TEST_CATALOG, { items: new Map(), steps: plannedSteps(there) })
  if ('tooLarge' in planned) throw new Error('too large')
  const left = new Set(planned.steps.map((step) => stepKey(step.nodeId, step.path)))
  const given = there.filter((step) => !left.has(stepKey(step.nodeId, step.path)))
  const snapshot = { ...earlier.snapshot, id: 'run_again', flow, plan: planned, edits }
  return { run: new SimulatedRun(snapshot, given), given }
}
