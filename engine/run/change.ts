/**
 * One change of a run in the making: collects what a transition writes while the run's progress is worked on in a
 * copy. Pure; the store writes the result in one commit (R3).
 */
import {
  type CompiledFlow,
  type CompiledNode,
  type Failure,
  type PlannedStep,
  type RunEventBody,
  type RunStatus,
  TERMINAL_RUN_STATUSES,
  itemBound,
  stepKey,
  stepPath,
} from '#graph'
import type { GivenStep } from './given.ts'
import { outputId, stepId } from './ids.ts'
import type {
  LockedRun,
  OutputRecord,
  RunProgress,
  RunSnapshot,
  RunWrites,
  StepRecord,
} from './interfaces.ts'
import { type Shares, heldFor } from './limits/slots.ts'

export interface CompiledRun {
  snapshot: RunSnapshot
  flow: CompiledFlow
  /** Whether any of its steps speaks through a model. */
  usesModels: boolean
  /** The plan's step of a node and path. A node may not put out more than it states, so no step is missing here. */
  planned(nodeId: string, path: string): PlannedStep
}

export interface Change {
  run: LockedRun
  compiled: CompiledRun
  progress: RunProgress
  newSteps: StepRecord[]
  shares: Shares | null
  /** What its steps held that do not run any longer. */
  freed: Set<string>
  /** Steps that are taken over when the run comes to them, by `stepKey`; only as it begins. */
  given: ReadonlyMap<string, GivenStep>
  writes: Required<Pick<RunWrites, 'stepChanges' | 'outputs' | 'calls' | 'waits' | 'answers' | 'events'>> &
    RunWrites
}

export { LEASE_SECONDS } from './interfaces.ts'

export function changeOf(run: LockedRun, compiled: CompiledRun, given: readonly GivenStep[] = []): Change {
  return {
    run,
    compiled,
    progress: copied(run.progress),
    newSteps: [],
    shares: run.shares && new Map(run.shares),
    freed: new Set(),
    given: new Map(given.map((step) => [stepKey(step.nodeId, step.path), step])),
    writes: { stepChanges: [], outputs: [], calls: [], waits: [], answers: [], events: [] },
  }
}

/** Whatever is worked on in place. Made for each of a chain's transitions, where `structuredClone` costs more than they do. */
const copied = (progress: RunProgress): RunProgress => ({
  ...progress,
  nodes: Object.fromEntries(Object.entries(progress.nodes).map(([id, node]) => [id, { ...node }])),
  items: { ...progress.items },
  slots: { ...progress.slots },
  usage: { ...progress.usage },
})

export function written(change: Change): RunWrites {
  const { writes, progress, newSteps } = change
  const status = standing(change)
  if (status === change.run.status) return { ...writes, progress, newSteps }
  const events: RunEventBody[] =
    status === 'waiting' ? [...writes.events, { type: 'run.waiting' }] : writes.events
  return { ...writes, status, events, progress, newSteps }
}

function standing(change: Change): RunStatus {
  const { run, writes } = change
  if (writes.status !== undefined) return writes.status
  const stopping = run.cancelRequested || writes.cancelRequested === true
  return run.status === 'paused' && !stopping ? 'paused' : openStatus(change)
}

/** R6: a run in which nothing is ready or running, because all that is open waits, is waiting itself. */
export function openStatus({ progress }: Change): RunStatus {
  const open = Object.values(progress.nodes).reduce((sum, node) => sum + node.open, 0)
  return open > 0 && open === progress.waiting ? 'waiting' : 'running'
}

/** Whether this change ends the run. */
export const ends = ({ writes }: Change): boolean =>
  writes.status !== undefined && TERMINAL_RUN_STATUSES.includes(writes.status)

export function nodeOf(change: Change, nodeId: string): CompiledNode {
  const node = change.compiled.flow.nodes.get(nodeId)
  if (!node) throw new Error(`run ${change.run.id} has no node ${nodeId}`)
  return node
}

export function nodeProgress(change: Change, nodeId: string) {
  const progress = change.progress.nodes[nodeId]
  if (!progress) throw new Error(`run ${change.run.id} keeps no progress of node ${nodeId}`)
  return progress
}

export const stepRef = (step: StepRecord) => ({
  stepId: step.id,
  nodeId: step.nodeId,
  path: step.path,
  label: step.label,
  attempt: Math.max(1, step.attempt),
})

export function say(change: Change, ...events: RunEventBody[]): void {
  change.writes.events.push(...events)
}

/** The steps that an arriving item (or, without one, the start of an `all` node) brings about. */
export function addSteps(
  change: Change,
  compiled: CompiledNode,
  arrival: { item: OutputRecord; port: string } | null,
): void {
  const { snapshot } = change.compiled
  for (const entry of compiled.entries ?? [null]) {
    const path = stepPath(arrival?.item.path ?? '', entry?.key ?? null)
    const place = {
      nodeId: compiled.node.id,
      path,
      ordinal: [...(arrival?.item.ordinal ?? []), ...(entry ? [entry.index] : [])],
      inputId: arrival?.item.id ?? null,
      inputPort: arrival?.port ?? null,
      entry: entry?.index ?? null,
    }
    const given = change.given.get(stepKey(compiled.node.id, path))
    if (given) {
      takeOver(change, compiled, place, given)
      continue
    }
    const { label, models } = change.compiled.planned(compiled.node.id, path)
    change.newSteps.push({
      ...newStep(snapshot, place, label),
      holds: heldFor(models),
      needsLocal: models.some((model) => model.local),
      needsExternal: models.some((model) => !model.local),
    })
    nodeProgress(change, compiled.node.id).open += 1
    change.progress.ready += 1
  }
}

type Place = Pick<StepRecord, 'nodeId' | 'path' | 'ordinal' | 'inputId' | 'inputPort' | 'entry'>

const newStep = ({ id, organisationId }: RunSnapshot, place: Place, label: string): StepRecord => ({
  id: stepId(id, place.nodeId, place.path),
  runId: id,
  organisationId,
  ...place,
  label,
  status: 'ready',
  attempt: 0,
  holds: [],
  needsLocal: false,
  needsExternal: false,
  leaseOwner: null,
  startedAt: null,
  attempts: [],
  resumedFrom: null,
})

/** A given step has succeeded with no attempt and no usage; what follows it goes on as ever. */
export function takeOver(change: Change, compiled: CompiledNode, place: Place, given: GivenStep): void {
  const step: StepRecord = { ...newStep(change.compiled.snapshot, place, given.label), status: 'succeeded' }
  const outputs = given.outputs.map(({ port, path, ordinal, label, value }, index): OutputRecord => ({
    id: outputId(step.id, index),
    stepId: step.id,
    nodeId: step.nodeId,
    port,
    portType: compiled.manifest.outputs[port]?.type ?? 'any',
    path,
    ordinal,
    label,
    value,
  }))
  nodeProgress(change, step.nodeId).succeeded += 1
  change.newSteps.push(step)
  change.writes.outputs.push(...outputs)
  say(change, {
    type: 'step.given',
    ...stepRef(step),
    outputs: outputs.map(({ id, port, portType, label }) => ({ id, port, type: portType, label })),
  })
  handOn(change, compiled, outputs)
}

/** Items that were put out are counted, start the `each` nodes behind them, or are what the run delivers. */
export function handOn(change: Change, from: CompiledNode, outputs: readonly OutputRecord[]): void {
  const { items } = change.progress
  for (const { port } of outputs) {
    const key = `${from.node.id}.${port}`
    items[key] = (items[key] ?? 0) + 1
  }
  if (from.outgoing.length === 0 && outputs.length > 0) deliver(change, outputs)
  for (const item of outputs) passOn(change, from, item)
}

function deliver(change: Change, outputs: readonly OutputRecord[]): void {
  change.progress.delivered = true
  const undecided = outputs.some(
    ({ portType, value }) =>
      portType === 'deliverable' &&
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      value['winner'] === null,
  )
  if (undecided) change.progress.withoutWinner = true
}

/** An item that was put out starts the `each` nodes that its port leads to. */
function passOn(change: Change, from: CompiledNode, item: OutputRecord): void {
  for (const edge of from.outgoing.filter((candidate) => candidate.source.port === item.port)) {
    const target = nodeOf(change, edge.target.node)
    if (target.manifest.mode === 'each') addSteps(change, target, { item, port: edge.target.port })
  }
}

/** The ordinal of a step's output: an index is added only where the port may put out several. */
export function outputOrdinal(
  step: StepRecord,
  compiled: CompiledNode,
  port: string,
  index: number,
): number[] {
  return itemBound(compiled, port) === 1 ? step.ordinal : [...step.ordinal, index]
}

export function endRun(change: Change, status: RunStatus, failure: Failure | null): void {
  change.writes.status = status
  change.writes.failure = failure
  say(change, { type: 'run.finished', status, failure, usage: change.progress.usage })
}
