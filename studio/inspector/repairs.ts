import { type Catalog, type Finding, type Flow, type FlowNode, type NodeManifest, agentChoices } from '#graph'
import { type Field, fieldsOf } from './fields.ts'

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

const CONFIG_PATH = /^nodes\.\d+\.config\.([^.]+)(?:\.(.*))?$/

export function findingsOf(findings: readonly Finding[], nodeId: string): FieldFinding[] {
  return findings
    .filter((finding) => finding.nodeId === nodeId)
    .map((finding) => {
      const [, field = null, inside = ''] = CONFIG_PATH.exec(finding.path) ?? []
      return { finding, field, inside }
    })
}

/** "must be 5 or less" rather than "Too big: expected number to be <=5". */
export function sentence({ finding, field }: FieldFinding, fields: readonly Field[]): string {
  const control = fields.find(({ name }) => name === field)?.control
  if (finding.message === 'required') return 'This is needed.'
  if (finding.code === 'node.config_invalid' && control?.kind === 'number') {
    const { least, most, integer } = control
    const kind = integer ? 'a whole number' : 'a number'
    if (least !== null && most !== null) return `Takes ${kind} from ${least} to ${most}.`
    if (least !== null) return `Takes ${kind}, ${least} at least.`
    if (most !== null) return `Takes ${kind}, ${most} at most.`
    return `Takes ${kind}.`
  }
  if (finding.code === 'node.config_invalid' && control?.kind === 'agents') return 'Choose at least one.'
  const { message } = finding
  return `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`
}

/** The one thing that certainly mends a finding; null where a person has to decide. */
export function repairOf(
  { finding, field, inside }: FieldFinding,
  {
    flow,
    node,
    manifest,
    catalog,
  }: { flow: Flow; node: FlowNode; manifest: NodeManifest; catalog: Catalog | null },
): Repair | null {
  const edge = /^edges\.(\d+)/.exec(finding.path)?.[1]
  if (edge !== undefined) {
    const id = flow.edges[Number(edge)]?.id
    return id === undefined ? null : { kind: 'disconnect', label: 'Remove this connection', edge: id }
  }
  if (field === null) return null
  const known = fieldsOf(manifest.config).find(({ name }) => name === field)
  if (!known) return { kind: 'unset', label: `Remove “${field}”`, field }
  return ofReference(finding, known, inside, node) ?? ofValue(finding, known, node, catalog)
}

function ofReference(
  finding: Finding,
  { name, control }: Field,
  inside: string,
  node: FlowNode,
): Repair | null {
  if (!finding.code.endsWith('.unknown')) return null
  if (control.kind === 'model') return { kind: 'unset', label: 'Use the default model', field: name }
  if (control.kind !== 'agents') return null
  const at = Number(inside.split('.')[0])
  const choices = agentChoices(node, name)
  const choice = choices[at]
  if (!choice) return null
  if (finding.code === 'model.unknown' && choice.model !== undefined) {
    const value = choices.with(at, { agent: choice.agent })
    return { kind: 'set', label: 'Use its default model', field: name, value }
  }
  return { kind: 'set', label: `Remove “${choice.agent}”`, field: name, value: choices.toSpliced(at, 1) }
}

function ofValue(finding: Finding, field: Field, node: FlowNode, catalog: Catalog | null): Repair | null {
  const { name, control, fallback } = field
  const value = node.config[name]
  if (control.kind === 'number' && typeof value === 'number') {
    const whole = control.integer ? Math.round(value) : value
    const nearest = Math.min(Math.max(whole, control.least ?? whole), control.most ?? whole)
    if (nearest !== value) return { kind: 'set', label: `Use ${nearest}`, field: name, value: nearest }
  }
  if (control.kind === 'content-type') {
    const [first] = catalog?.contentTypes ?? []
    if (!first) return null
    return { kind: 'set', label: `Use ${first.name}`, field: name, value: first.slug }
  }
  if (control.kind === 'agents' && finding.code === 'node.config_invalid') {
    const first = catalog?.agents.find(({ role }) => role === control.role)
    if (!first || agentChoices(node, name).length > 0) return null
    return { kind: 'set', label: `Choose ${first.name}`, field: name, value: [{ agent: first.slug }] }
  }
  if (value === undefined) return null
  if (fallback !== undefined)
    return { kind: 'unset', label: `Use the default, ${JSON.stringify(fallback)}`, field: name }
  return field.required ? null : { kind: 'unset', label: 'Empty this field', field: name }
}
