import type { Json } from '#run/interfaces.ts'
import type { Random } from './random.ts'

type Schema = { [key: string]: Json }
type Scope = { root: Schema; random: Random; words: string[]; depth: number }

const MAX_DEPTH = 8
const FORMATS: Record<string, string> = {
  email: 'name@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00',
  duration: 'P1D',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
}

/** Some value that fits a JSON Schema (draft 2020-12), its texts made of the given words. */
export function instanceOf(schema: Schema, random: Random, words: string[]): Json {
  return make(schema, { root: schema, random, words, depth: 0 })
}

function make(schema: Json | undefined, scope: Scope): Json {
  if (!isSchema(schema)) return null
  const ref = schema['$ref']
  if (typeof ref === 'string')
    return scope.depth > MAX_DEPTH ? null : make(resolve(ref, scope.root), deeper(scope))
  if ('const' in schema) return schema['const'] ?? null
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return schema['enum'][0] ?? null
  if ('default' in schema) return schema['default'] ?? null
  const choice = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choice)) return make(simplest(choice), deeper(scope))
  if (Array.isArray(schema['allOf']))
    return make(merged([{ ...schema, allOf: null }, ...schema['allOf']]), deeper(scope))
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  if (type === 'object' || (type === undefined && isSchema(schema['properties'])))
    return object(schema, scope)
  if (type === 'array') return array(schema, scope)
  if (type === 'integer' || type === 'number') return number(schema, type === 'integer')
  if (type === 'boolean') return scope.random.chance(0.5)
  if (type === 'null') return null
  return text(schema, scope)
}

function object(schema: Schema, scope: Scope): Json {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const wanted = scope.depth > MAX_DEPTH ? required : [...new Set([...Object.keys(properties), ...required])]
  return Object.fromEntries(wanted.map((key) => [key, make(properties[key] ?? {}, deeper(scope))]))
}

function array(schema: Schema, scope: Scope): Json {
  const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
  const least = count(schema['minItems'], 0)
  const most = count(schema['maxItems'], Infinity)
  const length =
    scope.depth > MAX_DEPTH
      ? Math.max(least, prefix.length)
      : Math.min(most, Math.max(least, prefix.length, 1))
  return Array.from({ length }, (_, index) => make(prefix[index] ?? schema['items'] ?? {}, deeper(scope)))
}

function number(schema: Schema, whole: boolean): Json {
  const step = count(schema['multipleOf'], whole ? 1 : 0.5)
  const low = count(schema['minimum'], count(schema['exclusiveMinimum'], -Infinity))
  const high = count(schema['maximum'], count(schema['exclusiveMaximum'], Infinity))
  const above = 'exclusiveMinimum' in schema
  if (low === -Infinity)
    return high === Infinity ? 1 : Math.floor((high - (high > 0 ? 0 : step)) / step) * step
  if (whole || 'multipleOf' in schema) {
    const first = Math.ceil(low / step) * step
    return above && first === low ? first + step : first
  }
  return high === Infinity ? low + 1 : (low + high) / 2
}

function text(schema: Schema, { words, random }: Scope): string {
  const format = schema['format']
  if (typeof format === 'string' && FORMATS[format] !== undefined) return FORMATS[format]
  const least = count(schema['minLength'], 0)
  const most = count(schema['maxLength'], Infinity)
  const [first, ...rest] = words
  let made = first === undefined ? 'text' : random.pick([first, ...rest])
  while (made.length < least) made += ` ${first ?? 'text'}`
  return made.length > most ? made.slice(0, most) : made
}

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const count = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise
const deeper = (scope: Scope): Scope => ({ ...scope, depth: scope.depth + 1 })

/** What does not lead further down, so that recursive schemas end. */
const simplest = (choices: Json[]): Json | undefined =>
  choices.find(
    (choice) =>
      isSchema(choice) && typeof choice['type'] === 'string' && !/object|array|null/.test(choice['type']),
  ) ?? choices[0]

function merged(parts: Json[]): Schema {
  return parts.filter(isSchema).reduce<Schema>((all, part) => {
    const { allOf: _allOf, ...own } = part
    const properties = { ...asSchema(all['properties']), ...asSchema(own['properties']) }
    const required = [...asList(all['required']), ...asList(own['required'])]
    return { ...all, ...own, ...(Object.keys(properties).length > 0 ? { properties, required } : {}) }
  }, {})
}

const asSchema = (value: Json | undefined): Schema => (isSchema(value) ? value : {})
const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])

function resolve(ref: string, root: Schema): Json | undefined {
  if (ref === '#') return root
  return ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<Json | undefined>(
      (value, key) => (isSchema(value) ? value[key.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined),
      root,
    )
}
