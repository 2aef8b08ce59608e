/**
 * Job: what a new run can take over from an earlier one that has ended, and the items that a person changed.
 * Boundary: pure; which of it is taken over is decided as the new run is planned (`#graph`), node by node and item by
 * item, so that plan and run can't differ.
 *
 * P1 What did not succeed is never taken over, nor is anything that worked on what was not.
 * P2 The node that a rerun starts at and all that follows it takes nothing over.
 * P3 A node that is another one than it was (its type, its version, what leads to it) takes nothing over.
 */
import {
  type CompiledFlow,
  type CompiledNode,
  type Finding,
  PORT_SCHEMAS,
  type PlannedGiven,
  PressroomError,
  check,
  draftSchema,
  errorAt,
  isTerminal,
  manifestKey,
  stepKey,
} from '#graph'
import { type GivenStep, modelIn } from './given.ts'
import type { EarlierRun, ItemEdit, Json, OutputRecord } from './interfaces.ts'

export function refuseUnended({ snapshot: { id }, status }: EarlierRun): void {
  if (isTerminal(status)) return
  throw new PressroomError({
    code: 'conflict.run_not_ended',
    message: 'This run has not ended yet.',
    fix: 'Wait until it has, or cancel it first.',
    facts: { runId: id, status },
  })
}

/** Steps that the new run takes over where it comes to them (P1 to P3). `idle`: nodes that are given as a whole. */
export function candidates(
  { steps, outputs }: Pick<EarlierRun, 'steps' | 'outputs'>,
  before: CompiledFlow,
  now: CompiledFlow,
  { again, idle }: { again: ReadonlySet<string>; idle: ReadonlySet<string> },
): GivenStep[] {
  const putOut = Map.groupBy(outputs, ({ stepId }) => stepId)
  const same = new Set(now.order.filter((id) => sameNode(before.nodes.get(id), now.nodes.get(id))))
  return steps
    .filter(({ nodeId, status }) => status === 'succeeded' && same.has(nodeId))
    .filter(({ nodeId }) => !again.has(nodeId) && !idle.has(nodeId))
    .map(({ id, nodeId, path, label }) => ({
      nodeId,
      path,
      label,
      outputs: (putOut.get(id) ?? []).map((output) => itemOf(output)),
    }))
}

const itemOf = ({ port, path, ordinal, label, value }: OutputRecord) => {
  return { port, path, ordinal, label, value }
}

function sameNode(before: CompiledNode | undefined, now: CompiledNode | undefined): boolean {
  if (!before || !now) return false
  return manifestKey(before.node) === manifestKey(now.node) && leadingTo(before) === leadingTo(now)
}

const leadingTo = ({ incoming }: CompiledNode): string =>
  incoming
    .map(({ source, target }) => `${source.node}.${source.port} ${target.port}`)
    .sort()
    .join('\n')

/** What the planner has to know of them. */
export const plannedSteps = (given: readonly GivenStep[]): PlannedGiven['steps'] =>
  new Map(
    given.map(({ nodeId, path, outputs }) => [
      stepKey(nodeId, path),
      outputs.map((item) => ({ port: item.port, path: item.path, model: modelIn(item.value) })),
    ]),
  )

/** The changed items of a node, each checked against what it was. `given`: all that the new run begins with. */
export function editsOf(
  node: CompiledNode | undefined,
  flow: CompiledFlow,
  input: Record<string, Json>,
  given: readonly GivenStep[],
): { edits: ItemEdit[]; findings: Finding[] } {
  const edits: ItemEdit[] = []
  const findings: Finding[] = []
  if (!node) return { edits, findings }
  const arriving = new Map(
    node.incoming.flatMap(({ source }) =>
      given
        .filter(({ nodeId }) => nodeId === source.node)
        .flatMap(({ outputs }) => outputs.filter(({ port }) => port === source.port))
        .map((item) => [item.path, { ...item, type: typeOf(flow, source) }] as const),
    ),
  )
  for (const [path, value] of Object.entries(input)) {
    const at = { nodeId: node.node.id, prefix: `input.${path}` }
    const item = arriving.get(path)
    if (!item) {
      const fix = 'Give the paths of items that arrived there: runs.inputs lists them.'
      findings.push(errorAt(at.nodeId, at.prefix, 'rerun.unknown_item', 'no such item arrived there', fix))
      continue
    }
    const { findings: faults } = check(PORT_SCHEMAS[item.type], value, { code: 'rerun.item_invalid', ...at })
    findings.push(...faults)
    if (faults.length === 0 && idOf(value) !== idOf(item.value)) {
      const fix = 'Leave its id as it is.'
      findings.push(errorAt(at.nodeId, `${at.prefix}.id`, 'rerun.other_draft', 'this is another draft', fix))
    }
    edits.push({ node: node.node.id, path, value })
  }
  return { edits, findings }
}

const typeOf = (flow: CompiledFlow, { node, port }: { node: string; port: string }) =>
  flow.nodes.get(node)?.manifest.outputs[port]?.type ?? 'any'

function idOf(value: Json): string | null {
  const { success, data } = draftSchema.safeParse(value)
  return success ? data.id : null
}

/** Edits of the earlier run stay, those of now go before them. */
export const withEarlier = (now: ItemEdit[], earlier: readonly ItemEdit[]): ItemEdit[] => {
  const changed = new Set(now.map(({ node, path }) => stepKey(node, path)))
  return [...now, ...earlier.filter(({ node, path }) => !changed.has(stepKey(node, path)))]
}
