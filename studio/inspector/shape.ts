import { type PortType, PORT_SCHEMAS, z } from '#graph'
import { isRecord } from './fields.ts'

/** A field that a value of some port type has. `path` is dotted and empty for the value itself. */
export interface ShapeField {
  path: string
  type: 'text' | 'number' | 'yes/no' | 'list' | 'object' | 'anything'
}

const MAX_DEPTH = 3
const shapes = new Map<PortType, ShapeField[]>()

/** The fields of a port type, read off its schema: the whole first, then the nearer ones before the deeper ones. */
export function shapeOf(type: PortType): ShapeField[] {
  let shape = shapes.get(type)
  if (!shape) {
    const found: ShapeField[] = []
    walk(z.toJSONSchema(PORT_SCHEMAS[type], { io: 'output' }), '', 0, found)
    shape = found.toSorted((a, b) => depthOf(a) - depthOf(b))
    shapes.set(type, shape)
  }
  return shape
}

/** A text comes before the ids and marks that stand on the same level: it is what people look for. */
const depthOf = ({ path }: ShapeField): number =>
  path === '' ? -1 : path === 'text' ? 0 : path.split('.').length

function walk(schema: unknown, path: string, depth: number, found: ShapeField[]): void {
  if (!isRecord(schema)) return
  const type = typeOf(schema)
  found.push({ path, type })
  const options = Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isRecord) : []
  const object = isRecord(schema['properties']) ? schema : options.find((one) => isRecord(one['properties']))
  if (!object || depth >= MAX_DEPTH || !isRecord(object['properties'])) return
  for (const [key, part] of Object.entries(object['properties'])) {
    walk(part, path === '' ? key : `${path}.${key}`, depth + 1, found)
  }
}

function typeOf(schema: Record<string, unknown>): ShapeField['type'] {
  switch (schema['type']) {
    case 'string':
      return 'text'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'yes/no'
    case 'array':
      return 'list'
    case 'object':
      return 'object'
    default:
      return Array.isArray(schema['anyOf']) ? ofOptions(schema['anyOf']) : 'anything'
  }
}

function ofOptions(options: unknown[]): ShapeField['type'] {
  const known = options.filter(isRecord).filter(({ type }) => type !== 'null')
  const [only] = known
  return known.length === 1 && only ? typeOf(only) : 'anything'
}
