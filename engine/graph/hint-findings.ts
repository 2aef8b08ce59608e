import { CONDITION_OPERATORS, type FieldHint, type NodeManifest, lacksValue } from '#sdk'
import type { Catalog } from './catalog.ts'
import { agentChoiceOf, agentChoices, modelFor } from './compile.ts'
import { type Finding, errorAt } from './findings.ts'
import type { FlowNode } from './flow.ts'
import { callFault } from './callables.ts'
import { fieldHints } from './references.ts'
import { cronFault, isTimeZone } from './schedule.ts'
import { briefMappingSchema } from './triggers/mapping.ts'

type HintOf<K extends FieldHint['kind']> = Extract<FieldHint, { kind: K }>

interface Place {
  node: FlowNode
  field: string
  value: unknown
  path: string
  catalog: Catalog
}

/** Faults that a field's JSON Schema can't tell: names that nothing answers to, times that never come. */
export function hintFindings(
  node: FlowNode,
  manifest: NodeManifest,
  catalog: Catalog,
  at: string,
): Finding[] {
  return [...fieldHints(manifest)].flatMap(([field, hint]) => {
    const place = { node, field, value: node.config[field], path: `${at}.config.${field}`, catalog }
    switch (hint.kind) {
      case 'content-type':
        return ofContentType(place)
      case 'model':
        return ofModel(place, place.path, null, typeof place.value === 'string' ? place.value : undefined)
      case 'agent':
        return ofAgents(place, hint)
      case 'conditions':
        return ofConditions(place)
      case 'schedule':
        return ofSchedule(place)
      case 'connection':
        return ofConnection(place, hint)
      case 'flow':
        return ofFlow(place)
      case 'brief':
        return ofBrief(place, hint)
      case 'template':
        return []
    }
  })
}

const unknown = ({ node }: Place, path: string, kind: string, name: string): Finding[] => [
  errorAt(
    node.id,
    path,
    `${kind}.unknown`,
    `there is no ${kind.replace('_', ' ')} "${name}"`,
    'Choose another one.',
  ),
]

function ofContentType(place: Place): Finding[] {
  const { value, path, catalog } = place
  if (typeof value !== 'string' || catalog.contentTypes.some(({ slug }) => slug === value)) return []
  return unknown(place, path, 'content_type', value)
}

function ofModel(place: Place, path: string, agent: string | null, named?: string): Finding[] {
  if (modelFor(place.catalog, agent, named)) return []
  return unknown(place, path, 'model', named ?? `for ${agent ?? 'this node'}`)
}

function ofAgents(place: Place, { role }: HintOf<'agent'>): Finding[] {
  const { node, field, value, path, catalog } = place
  const several = Array.isArray(value)
  const choices = several ? agentChoices(node, field) : [agentChoiceOf(value)]
  return choices.flatMap((choice, index) => {
    if (!choice) return []
    const where = several ? `${path}.${index}` : path
    const agent = catalog.agents.find((known) => known.slug === choice.agent && known.role === role)
    if (!agent) return unknown(place, `${where}.agent`, role, choice.agent)
    return ofModel(place, `${where}.model`, choice.agent, choice.model)
  })
}

function ofConditions({ node, value, path }: Place): Finding[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((row, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return []
    const operator = CONDITION_OPERATORS.find((known) => known === row['operator'])
    if (!operator || !lacksValue({ operator, value: row['value'] })) return []
    const message = `condition ${index + 1} has nothing to compare with`
    const fix = 'Give it a value, or ask whether the field is empty.'
    return [errorAt(node.id, `${path}.${index}.value`, 'condition.value_missing', message, fix)]
  })
}

function ofSchedule({ node, value, path }: Place): Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const { cron, timeZone }: { cron?: unknown; timeZone?: unknown } = value
  const findings: Finding[] = []
  const fault = typeof cron === 'string' && cron !== '' ? cronFault(cron) : null
  if (fault) {
    const fix = 'Choose a plain schedule, or correct the expression.'
    findings.push(errorAt(node.id, `${path}.cron`, 'schedule.cron', fault, fix))
  }
  if (typeof timeZone === 'string' && timeZone !== '' && !isTimeZone(timeZone)) {
    const message = `there is no time zone "${timeZone}"`
    findings.push(
      errorAt(
        node.id,
        `${path}.timeZone`,
        'schedule.time_zone',
        message,
        'Choose one, such as "Europe/London".',
      ),
    )
  }
  return findings
}

function ofConnection(place: Place, { connection }: HintOf<'connection'>): Finding[] {
  const { node, value, path, catalog } = place
  if (typeof value !== 'string' || value === '') return []
  if (catalog.connections?.some(({ id, kind }) => id === value && kind === connection)) return []
  const message = `there is no ${connection} connection "${value}"`
  return [errorAt(node.id, path, 'connection.unknown', message, 'Choose another one, or have it added.')]
}

function ofFlow({ node, value, path, catalog: { callables } }: Place): Finding[] {
  if (!callables || typeof value !== 'string' || value === '') return []
  const fault = callFault(callables, value)
  return fault ? [errorAt(node.id, path, fault.code, fault.message, fault.fix)] : []
}

function ofBrief({ node, value, path, catalog: { callables } }: Place, hint: HintOf<'brief'>): Finding[] {
  const chosen = node.config[hint.flow]
  const flow = callables?.flows.find(({ id }) => id === chosen)
  if (!flow) return []
  const at = (message: string, fix: string) => [errorAt(node.id, path, 'child.brief', message, fix)]
  if (!flow.takesBrief) {
    if (value === undefined) return []
    return at(`“${flow.name}” takes no brief`, 'Empty the brief: the flow gets the item itself.')
  }
  if (briefMappingSchema.safeParse(value).success) return []
  return at(
    `“${flow.name}” starts from a brief, and some of its answers are missing`,
    'Say how the item fills each answer that a brief needs.',
  )
}
