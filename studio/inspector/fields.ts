import type { AgentRole, FieldHint } from '#graph'

/** What a configuration field looks like in the form. What the form has no better control for is `json`. */
export type FieldControl =
  | { kind: 'template'; multiline: boolean }
  | { kind: 'text'; multiline: boolean }
  | { kind: 'number'; integer: boolean; least: number | null; most: number | null }
  | { kind: 'choice'; options: string[] }
  | { kind: 'switch' }
  | { kind: 'lines' }
  | { kind: 'agents'; role: AgentRole; most: number | null }
  | { kind: 'agent'; role: AgentRole }
  | { kind: 'model' }
  | { kind: 'content-type' }
  | { kind: 'conditions' }
  | { kind: 'schedule' }
  | { kind: 'connection'; connection: string }
  | { kind: 'flow' }
  | { kind: 'brief'; flow: string; list?: string }
  | { kind: 'json' }

export interface Field {
  /** Key in the node's configuration. */
  name: string
  title: string
  help: string
  required: boolean
  /** What the node takes when the field is left out; `undefined` where there is no such thing. */
  fallback: unknown
  control: FieldControl
}

type Schema = Record<string, unknown>

const LONG_TEXT_CHARACTERS = 200

export const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOr = <T>(value: unknown, otherwise: T): string | T =>
  typeof value === 'string' ? value : otherwise
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** "maxEditCycles" as people read it: "Max edit cycles". */
export function titleOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]+/g, ' ')
    .trim()
    .toLowerCase()
  return words === '' ? name : words[0]?.toUpperCase() + words.slice(1)
}

/** The fields of a node's configuration, in the order in which its author wrote them. */
export function fieldsOf(config: Schema): Field[] {
  const properties = isRecord(config['properties']) ? config['properties'] : {}
  const required = Array.isArray(config['required']) ? config['required'] : []
  return Object.entries(properties).map(([name, raw]) => {
    const schema = resolved(raw, config)
    return {
      name,
      title: textOr(schema['title'], titleOf(name)),
      help: textOr(schema['description'], ''),
      required: required.includes(name),
      fallback: schema['default'],
      control: controlOf(schema, config),
    }
  })
}

/** Follows a reference into `$defs`; an optional form (`anyOf` with null) counts as what it is otherwise. */
function resolved(raw: unknown, root: Schema): Schema {
  if (!isRecord(raw)) return {}
  const reference = textOr(raw['$ref'], null)
  if (reference?.startsWith('#/$defs/') && isRecord(root['$defs'])) {
    const { $ref: _reference, ...own } = raw
    const target = root['$defs'][reference.slice('#/$defs/'.length)]
    return isRecord(target) ? { ...target, ...own } : own
  }
  if (Array.isArray(raw['anyOf'])) {
    const options = raw['anyOf'].filter((option) => !isRecord(option) || option['type'] !== 'null')
    const [only] = options
    if (options.length === 1 && isRecord(only)) {
      const { anyOf: _options, ...own } = raw
      return { ...resolved(only, root), ...own }
    }
  }
  return raw
}

function controlOf(schema: Schema, root: Schema): FieldControl {
  const items = resolved(schema['items'], root)
  return hinted(schema['x-pressroom'], items['x-pressroom'], schema) ?? typed(schema, items)
}

function hinted(own: unknown, ofItems: unknown, schema: Schema): FieldControl | null {
  if (isHint(own)) {
    if (own.kind === 'template') return { kind: 'template', multiline: own.multiline ?? false }
    return own
  }
  if (isHint(ofItems) && ofItems.kind === 'agent') {
    return { kind: 'agents', role: ofItems.role, most: numberOf(schema['maxItems']) }
  }
  return null
}

const HINTS: readonly FieldHint['kind'][] = [
  'template',
  'agent',
  'model',
  'content-type',
  'conditions',
  'schedule',
  'connection',
  'flow',
  'brief',
]
const isHint = (value: unknown): value is FieldHint =>
  isRecord(value) && HINTS.some((kind) => kind === value['kind'])

function typed(schema: Schema, items: Schema): FieldControl {
  const options = schema['enum']
  if (Array.isArray(options) && options.length > 0 && options.every((one) => typeof one === 'string')) {
    return { kind: 'choice', options }
  }
  switch (schema['type']) {
    case 'boolean':
      return { kind: 'switch' }
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        integer: schema['type'] === 'integer',
        least: boundOf(schema['minimum'], Number.MIN_SAFE_INTEGER),
        most: boundOf(schema['maximum'], Number.MAX_SAFE_INTEGER),
      }
    case 'string':
      return { kind: 'text', multiline: (numberOf(schema['maxLength']) ?? 0) > LONG_TEXT_CHARACTERS }
    case 'array':
      return items['type'] === 'string' && items['enum'] === undefined ? { kind: 'lines' } : { kind: 'json' }
    default:
      return { kind: 'json' }
  }
}

/** zod states the bounds of safe integers where the author stated none; people need not read those. */
const boundOf = (value: unknown, unstated: number): number | null =>
  value === unstated ? null : numberOf(value)

/** A list of texts as one text with a line for each. */
export const linesText = (value: unknown): string =>
  Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('\n') : ''

export const linesIn = (typed: string): string[] => (typed === '' ? [] : typed.split('\n'))
