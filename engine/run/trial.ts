/**
 * Job: makes of a wish to try part of a flow what a run can begin with: every given item, checked and in its place.
 * Boundary: reads earlier runs, writes nothing; what runs and what is missing is decided in `#graph`.
 */
import {
  type Catalog,
  type Finding,
  type Flow,
  type Given,
  MAX_GIVEN_ITEMS,
  type NodeManifest,
  PORT_SCHEMAS,
  type PlannedItem,
  type Trial,
  type TrialFacts,
  type TrialPart,
  check,
  draftSchema,
  itemPath,
  manifestFor,
  manifestKey,
  portKey,
  trialPart,
} from '#graph'
import { type GivenOutput, type GivenStep, modelIn } from './given.ts'
import type { RunStore } from './interfaces.ts'

type Manifests = Record<string, NodeManifest>

export interface PreparedTrial {
  facts: TrialFacts
  part: TrialPart
  /** One for each node that is given. */
  steps: GivenStep[]
  findings: Finding[]
}

/** Rejects with `not_found.run` for a run that is not this organisation's. */
export async function prepareTrial(
  runs: Pick<RunStore, 'snapshot' | 'gather'>,
  organisationId: string,
  { flow, manifests, catalog }: { flow: Flow; manifests: Manifests; catalog: Catalog },
  { scope, given }: Trial,
): Promise<PreparedTrial> {
  const part = trialPart(flow, scope, given)
  const used = new Set(part.given.map(portKey))
  const sources = new Map<string, Given>()
  const findings = [...scopeFindings(flow, scope, part), ...missingFindings(flow, manifests, part)]
  const outputs = new Map<string, GivenOutput[]>()
  const paths = new Set<string>()
  for (const [index, source] of given.entries()) {
    const at = `trial.given.${index}`
    if (sources.has(portKey(source))) {
      findings.push(fault(source.node, at, 'trial.given_twice', 'this port is given twice', 'Give it once.'))
    }
    if (!used.has(portKey(source)) || sources.has(portKey(source))) continue
    sources.set(portKey(source), source)
    const items = await itemsOf(runs, organisationId, source)
    findings.push(...itemFindings(source, items, at, typeOf(flow, manifests, source), catalog, paths))
    outputs.set(source.node, [...(outputs.get(source.node) ?? []), ...items])
  }
  const facts = {
    scope,
    nodes: [...part.runs],
    given: [...sources.values()].map((source) => ({
      node: source.node,
      port: source.port,
      items: atPort(outputs.get(source.node), source.port).length,
      fromRun: 'fromRun' in source ? source.fromRun : null,
    })),
  }
  const steps = [...outputs].map(([nodeId, items]) => ({ nodeId, path: '', label: '', outputs: items }))
  return { facts, part, steps, findings }
}

const atPort = (items: GivenOutput[] | undefined, port: string) =>
  (items ?? []).filter((item) => item.port === port)

/** What the planner has to know of given items. */
export function plannedItems({ facts, steps }: PreparedTrial): Map<string, PlannedItem[]> {
  return new Map(
    facts.given.map(({ node, port }) => [
      portKey({ node, port }),
      atPort(steps.find(({ nodeId }) => nodeId === node)?.outputs, port).map(({ path, value }) => {
        return { path, model: modelIn(value), conditional: false }
      }),
    ]),
  )
}

async function itemsOf(
  runs: Pick<RunStore, 'snapshot' | 'gather'>,
  organisationId: string,
  given: Given,
): Promise<GivenOutput[]> {
  const { node, port } = given
  if ('items' in given) {
    return given.items.map(({ label, value, path }, index) => ({
      port,
      path: path ?? itemPath('', node, port, given.items.length === 1 ? null : index),
      ordinal: [index],
      label,
      value,
    }))
  }
  await runs.snapshot(organisationId, given.fromRun)
  const outputs = await runs.gather(organisationId, given.fromRun, [{ nodeId: node, port }])
  return outputs.map(({ path, ordinal, label, value }) => ({ port, path, ordinal, label, value }))
}

const fault = (nodeId: string | null, path: string, code: string, message: string, fix: string): Finding => {
  return { code, severity: 'error', nodeId, path, message, fix }
}

function scopeFindings(flow: Flow, scope: Trial['scope'], { runs, unused }: TrialPart): Finding[] {
  if (scope !== 'flow' && !runs.has(scope.node)) {
    const message = `there is no node "${scope.node}" that is switched on`
    return [fault(scope.node, 'trial.scope.node', 'trial.unknown_node', message, 'Choose another node.')]
  }
  if (runs.size === 0 && flow.nodes.some((node) => !node.disabled)) {
    const message = 'everything is given, so nothing is left to run'
    return [fault(null, 'trial.given', 'trial.nothing_to_run', message, 'Leave some of the sample data out.')]
  }
  return unused.map(({ node, port }) => ({
    ...fault(
      node,
      'trial.given',
      'trial.given_unused',
      `what is given for "${port}" is not used, because its node runs`,
      'Give all that its node puts out, or none of it.',
    ),
    severity: 'warning',
  }))
}

function missingFindings(flow: Flow, manifests: Manifests, { missing }: TrialPart): Finding[] {
  const nodeOf = (id: string) => flow.nodes.find((node) => node.id === id)
  const titleOf = (id: string) => {
    const node = nodeOf(id)
    return node?.title ?? (node && manifests[manifestKey(node)]?.title) ?? id
  }
  return missing.map(({ node, port, at }) => {
    const source = nodeOf(node)
    const title = (source && manifestFor(source, manifests)?.outputs[port]?.title) ?? port
    return fault(
      node,
      `trial.given.${node}.${port}`,
      'trial.input_missing',
      `${titleOf(at)} waits for ${title} from ${titleOf(node)}`,
      'Pin sample data there, take it from an earlier run, or run the whole flow.',
    )
  })
}

function typeOf(flow: Flow, manifests: Manifests, { node: id, port }: { node: string; port: string }) {
  const node = flow.nodes.find((one) => one.id === id)
  return node && manifestFor(node, manifests)?.outputs[port]?.type
}

function itemFindings(
  { node, port, ...source }: Given,
  items: GivenOutput[],
  at: string,
  type: keyof typeof PORT_SCHEMAS | undefined,
  catalog: Catalog,
  paths: Set<string>,
): Finding[] {
  if (!type) {
    return [
      fault(node, `${at}.port`, 'trial.unknown_port', `there is no output "${port}"`, 'Choose another.'),
    ]
  }
  if ('fromRun' in source && items.length === 0) {
    const message = `that run put nothing out at "${port}"`
    return [fault(node, `${at}.fromRun`, 'trial.nothing_there', message, 'Choose another run.')]
  }
  if (items.length > MAX_GIVEN_ITEMS) {
    const message = `${items.length} items are more than the ${MAX_GIVEN_ITEMS} that may be given`
    return [fault(node, at, 'trial.too_many', message, 'Pin some of them.')]
  }
  const drafts = new Set<string>()
  return items.flatMap(({ path, value }, index) => {
    const place = `${at}.items.${index}`
    const found: Finding[] = check(PORT_SCHEMAS[type], value, {
      code: 'trial.item_invalid',
      nodeId: node,
      prefix: `${place}.value`,
    }).findings
    const own = path.startsWith('~') || path.split('/').at(-1)?.replace(/:\d+$/, '') === `${node}.${port}`
    if (!own || paths.has(path)) {
      const message = own ? 'another item has this path' : `no path of an item of ${node}.${port}`
      found.push(fault(node, `${place}.path`, 'trial.path_invalid', message, 'Leave it out.'))
    }
    paths.add(path)
    if (type !== 'draft' || found.length > 0) return found
    const { id, model } = draftSchema.parse(value)
    if (drafts.has(id)) {
      const message = 'another item is this very draft'
      found.push(fault(node, `${place}.value.id`, 'trial.draft_twice', message, 'Give it an id of its own.'))
    }
    drafts.add(id)
    if (!catalog.models.some((known) => known.id === model)) {
      const message = `there is no model configuration "${model}"`
      found.push(fault(node, `${place}.value.model`, 'model.unknown', message, 'Name one that exists.'))
    }
    return found
  })
}
