import { Liquid } from 'liquidjs'
import { z } from 'zod'
import { LEFT_OUT_FILTERS, LEFT_OUT_TAGS, TEMPLATE_OPTIONS, isTemplate, type NodeDefinition } from '#sdk'
import { withClock } from './harden.ts'
import { StepFault } from './failures.ts'

const liquid = new Liquid(TEMPLATE_OPTIONS)
for (const tag of LEFT_OUT_TAGS) delete liquid.tags[tag]
for (const filter of LEFT_OUT_FILTERS) delete liquid.filters[filter]

type JsonSchema = { [key: string]: unknown }
const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Renders every text of a configuration whose JSON Schema carries the hint `template`. */
export function renderTemplates(node: NodeDefinition, config: unknown, variables: object): unknown {
  const schema = z.toJSONSchema(node.config, { io: 'input' }) as JsonSchema
  const definitions = isObject(schema.$defs) ? schema.$defs : {}

  const isHinted = (part: JsonSchema) => {
    const hint = part['x-pressroom']
    return isObject(hint) && hint.kind === 'template'
  }

  const visit = (part: unknown, value: unknown, path: string): unknown => {
    if (!isObject(part) || value === undefined) return value
    if (typeof part.$ref === 'string' && part.$ref.startsWith('#/$defs/')) {
      const rendered = visit(definitions[part.$ref.slice('#/$defs/'.length)], value, path)
      if (rendered !== value) return rendered
    }
    if (typeof value === 'string')
      return isHinted(part) ? render(value, path, variables) : inOneOf(part, value, path)
    if (Array.isArray(value)) {
      const prefix = Array.isArray(part.prefixItems) ? part.prefixItems : []
      return value.map((item, index) => visit(prefix[index] ?? part.items, item, `${path}[${index}]`))
    }
    if (!isObject(value)) return value
    const properties = isObject(part.properties) ? part.properties : {}
    const entries = Object.entries(value).map(([key, item]) => {
      const own = Object.hasOwn(properties, key) ? properties[key] : part.additionalProperties
      return [key, visit(own, item, path === '' ? key : `${path}.${key}`)]
    })
    return inOneOf(part, Object.fromEntries(entries), path)
  }

  /** Alternatives: the first that renders anything has spoken. */
  const inOneOf = (part: JsonSchema, value: unknown, path: string): unknown => {
    for (const list of [part.anyOf, part.oneOf, part.allOf]) {
      if (!Array.isArray(list)) continue
      for (const option of list) {
        if (typeof value === 'string' && isObject(option) && !isHinted(option) && option.$ref === undefined)
          continue
        const rendered = visit(option, value, path)
        if (JSON.stringify(rendered) !== JSON.stringify(value)) return rendered
      }
    }
    return value
  }

  return visit(schema, config, '')
}

function render(text: string, path: string, variables: object): string {
  if (!isTemplate(text)) return text
  try {
    return withClock(() => `${liquid.parseAndRenderSync(text, variables)}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw new StepFault('template.failed', `The text of field "${path}" could not be filled in: ${reason}`, {
      field: path,
    })
  }
}
