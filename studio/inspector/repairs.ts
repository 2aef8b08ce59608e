import {
  callable,
  type Catalog,
  type Endpoint,
  type Finding,
  type Flow,
  type FlowNode,
  type NodeManifest,
  agentChoiceOf,
  agentChoices,
  connectable,
  manifestFor,
  modelFor,
} from '#graph'
import { rowsOf, withOperator, withoutRow } from './conditions.ts'
import { type Field, fieldsOf } from './fields.ts'
import { manifestMap, nodeName } from './reach.ts'
import { cronOf, ownTimeZone, scheduleOf } from './schedule.ts'

/** A finding as one node's form shows it: at a field (and a place inside it) or at the node as a whole. */
export interface FieldFinding {
  finding: Finding
  /** Null where no field is to blame. */
  field: string | null
  /** Below the field: `0.model`. */
  inside: string
}

/** What can be done about a finding with one press. */
export type Repair =
  | { kind: 'set'; label: string; field: string; value: unknown }
  | { kind: 'unset'; label: string; field: string }
  | { kind: 'disconnect'; label: string; edge: string }
  | { kind: 'connect'; label: string; source: Endpoint; target: Endpoint }
  | { kind: 'remove'; label: string; node: string }
  | { kind: 'switch-on'; label: string }
  | { kind: 'leave-group'; label: string; group: string; node: string }

/** Where a finding's field is, as `DraftSession.revealField` takes it: `agents.0.model`, `inputs.draft`, or empty. */
export const fieldPath = ({ path }: Finding): string =>
  /^nodes\.\d+\.(?:config\.)?(.*)$/s.exec(path)?.[1] ?? ''

const CONFIG_PATH = /^nodes\.\d+\.config\.([^.]+)(?:\.(.*))?$/

export function findingsOf(findings: readonly Finding[], nodeId: string): FieldFinding[] {
  return findings
    .filter((finding) => finding.nodeId === nodeId)
    .map((finding) => {
      const [, field = null, inside = ''] = CONFIG_PATH.exec(finding.path) ?? []
      return { finding, field, inside }
    })
}

interface Surroundings {
  flow: Flow
  node: FlowNode
  /** Null where its type is not installed. */
  manifest: NodeManifest | null
  manifests: readonly NodeManifest[]
  catalog: Catalog | null
}

/** What mends a finding without anything being lost that a person would have to decide on; null where there is none. */
export function repairOf({ finding, field, inside }: FieldFinding, around: Surroundings): Repair | null {
  const { flow, node, manifest } = around
  const edge = /^edges\.(\d+)/.exec(finding.path)?.[1]
  if (edge !== undefined) return disconnecting(flow, Number(edge))
  if (!manifest) return { kind: 'remove', label: 'Remove this node', node: node.id }
  if (finding.code === 'input.unconnected') return connecting(fieldPath(finding), around)
  if (field === null) return null
  const known = fieldsOf(manifest.config).find(({ name }) => name === field)
  if (!known) return { kind: 'unset', label: `Remove “${field}”`, field }
  return ofControl(finding, known, inside, around) ?? ofFallback(known, node)
}

/** The same for findings about the flow as a whole. */
export function flowRepairOf({ code, path }: Finding, flow: Flow): Repair | null {
  const edge = /^edges\.(\d+)/.exec(path)?.[1]
  if (edge !== undefined) return disconnecting(flow, Number(edge))
  if (code === 'flow.empty' && flow.nodes.length > 0)
    return { kind: 'switch-on', label: 'Switch all nodes on' }
  const [, at, place] = /^groups\.(\d+)\.nodes\.(\d+)$/.exec(path) ?? []
  const group = flow.groups[Number(at)]
  const node = group?.nodes[Number(place)]
  return group && node
    ? { kind: 'leave-group', label: `Take it out of “${group.title}”`, group: group.id, node }
    : null
}

function disconnecting(flow: Flow, index: number): Repair | null {
  const id = flow.edges[index]?.id
  return id === undefined ? null : { kind: 'disconnect', label: 'Remove this connection', edge: id }
}

/** Offered where just one output of that very type may go in: of several, a person has to choose. */
function connecting(path: string, { flow, node, manifests, manifest }: Surroundings): Repair | null {
  const port = path.replace(/^inputs\./, '')
  const type = manifest?.inputs[port]?.type
  const known = manifestMap(manifests)
  const target = { node: node.id, port }
  const found: { from: FlowNode; source: Endpoint }[] = []
  for (const from of flow.nodes) {
    if (from.disabled) continue
    for (const [output, of] of Object.entries(manifestFor(from, known)?.outputs ?? {})) {
      const source = { node: from.id, port: output }
      if (of.type !== type || !connectable(flow, Object.fromEntries(known), source, target).ok) continue
      found.push({ from, source })
      if (found.length > 1) return null
    }
  }
  const [only] = found
  return only
    ? { kind: 'connect', label: `Connect “${nodeName(only.from, known)}”`, source: only.source, target }
    : null
}

function ofControl(finding: Finding, field: Field, inside: string, around: Surroundings): Repair | null {
  const { name, control } = field
  const { node, catalog } = around
  const value = node.config[name]
  const set = (label: string, next: unknown): Repair => ({ kind: 'set', label, field: name, value: next })
  switch (control.kind) {
    case 'number': {
      const given = typeof value === 'number' ? value : control.least
      if (given === null || (value === undefined && !field.required)) return null
      const whole = control.integer ? Math.round(given) : given
      const nearest = Math.min(Math.max(whole, control.least ?? whole), control.most ?? whole)
      return nearest === value ? null : set(`Use ${nearest}`, nearest)
    }
    case 'model': {
      if (catalog && value !== undefined && modelFor(catalog, null)) {
        return { kind: 'unset', label: 'Use the default model', field: name }
      }
      const first = catalog?.models[0]
      return first ? set(`Use ${first.label}`, first.id) : null
    }
    case 'content-type': {
      const first = catalog?.contentTypes[0]
      return first ? set(`Use ${first.name}`, first.slug) : null
    }
    case 'agents':
      return ofAgents(finding, field, control, inside, around)
    case 'agent': {
      const choice = agentChoiceOf(value)
      if (choice?.model && finding.code === 'model.unknown') {
        return set('Use its default model', { agent: choice.agent })
      }
      const first = catalog?.agents.find(({ role }) => role === control.role)
      return first ? set(`Choose ${first.name}`, { agent: first.slug }) : null
    }
    case 'conditions': {
      const rows = rowsOf(value)
      if (rows.length === 0) return set('Add a condition', [{ field: '', operator: 'is-not-empty' }])
      if (finding.code !== 'condition.value_missing') return set('Put the conditions in order', rows)
      const at = Number(inside.split('.')[0])
      if (rows.length > 1) return set(`Remove condition ${at + 1}`, withoutRow(rows, at))
      return set('Ask “is not empty” instead', withOperator(rows, at, 'is-not-empty'))
    }
    case 'schedule': {
      const own = scheduleOf(value)
      const timeZone = own?.timeZone || ownTimeZone()
      if (finding.code === 'schedule.time_zone' && own) {
        return set(`Use ${ownTimeZone()}`, { ...own, timeZone: ownTimeZone() })
      }
      if (value === undefined && !field.required) return null
      const cron = cronOf({ kind: 'day', hour: 9, minute: 0 })
      return set('Use every day at 09:00', { cron, timeZone })
    }
    case 'connection': {
      const offered = catalog?.connections?.filter(({ kind }) => kind === control.connection) ?? []
      const [only, ...others] = offered
      return only && others.length === 0 ? set(`Use ${only.name}`, only.id) : null
    }
    case 'flow': {
      const [only, ...others] = catalog?.callables ? callable(catalog.callables) : []
      return only && others.length === 0 ? set(`Use “${only.name}”`, only.id) : null
    }
    case 'brief': {
      const flow = catalog?.callables?.flows.find(({ id }) => id === node.config[control.flow])
      return flow?.takesBrief === false ? { kind: 'unset', label: 'Empty it', field: name } : null
    }
    default:
      return null
  }
}

function ofAgents(
  { code }: Finding,
  { name }: Field,
  { role, most }: Extract<Field['control'], { kind: 'agents' }>,
  inside: string,
  { node, catalog }: Surroundings,
): Repair | null {
  const choices = agentChoices(node, name)
  const set = (label: string, value: unknown): Repair => ({ kind: 'set', label, field: name, value })
  const at = Number(inside.split('.')[0])
  const choice = choices[at]
  if (code.endsWith('.unknown')) {
    if (!choice) return null
    if (
      code === 'model.unknown' &&
      choice.model !== undefined &&
      catalog &&
      modelFor(catalog, choice.agent)
    ) {
      return set('Use its default model', choices.with(at, { agent: choice.agent }))
    }
    return set(`Remove “${choice.agent}”`, choices.toSpliced(at, 1))
  }
  if (choices.length === 0) {
    const first = catalog?.agents.find((agent) => agent.role === role)
    return first ? set(`Choose ${first.name}`, [{ agent: first.slug }]) : null
  }
  if (most !== null && choices.length > most) return set(`Keep the first ${most}`, choices.slice(0, most))
  return set('Keep what can be read', choices)
}

function ofFallback({ name, required, fallback, control }: Field, { config }: FlowNode): Repair | null {
  if (control.kind === 'switch' && required && fallback === undefined) {
    return { kind: 'set', label: 'Use “No”', field: name, value: false }
  }
  if (config[name] === undefined) return null
  if (fallback !== undefined) {
    return { kind: 'unset', label: `Use the default, ${JSON.stringify(fallback)}`, field: name }
  }
  return required ? null : { kind: 'unset', label: 'Empty this field', field: name }
}
