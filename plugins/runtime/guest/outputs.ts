import { PORT_SCHEMAS, type KnownCount, type NodeDefinition, type OutputPort } from '#sdk'
import { parse, stringify } from './harden.ts'
import { StepFault } from './failures.ts'
import { issueText } from './host.ts'

const invalid = (port: string, message: string, facts: Record<string, unknown> = {}) =>
  new StepFault('output.invalid', message, { port, ...facts })

const tooLarge = (message: string, facts: Record<string, unknown>) =>
  new StepFault('sandbox.message_too_large', message, facts)

/** Emitted items are objects with exactly `label` and `value`; any other list is a value itself. */
function isEmitted(item: unknown): item is { label: string; value: unknown } {
  if (typeof item !== 'object' || item === null || !('label' in item) || !('value' in item)) return false
  return typeof item.label === 'string' && Object.keys(item).length === 2
}

function itemsOf(value: unknown, label: string): { label: string; value: unknown }[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every(isEmitted)) return value
  return [{ label, value }]
}

function maximum(count: KnownCount, config: unknown): number {
  if (typeof count === 'number') return count
  const field = (config as Record<string, unknown>)[count.config]
  const size = Array.isArray(field) ? field.length : Number(field)
  return size * (count.times ?? 1)
}

/** The value's JSON as its port's schema reads it. What the schema does not know is left out. */
function checked(port: string, facts: OutputPort, value: unknown, limit: number): string {
  const text = stringify(value)
  if (text === undefined) throw invalid(port, `The node put something at port "${port}" that is no data.`)
  if (text.length > limit) {
    throw tooLarge(`The item at port "${port}" is ${text.length} characters; ${limit} are allowed.`, {
      port,
      length: text.length,
      limit,
    })
  }
  if (facts.type === 'json' || facts.type === 'any') return text
  const result = PORT_SCHEMAS[facts.type].safeParse(parse(text))
  if (result.success) return typeof result.data === 'string' ? text : stringify(result.data)
  const issues = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  throw invalid(port, `What the node put at port "${port}" is no ${facts.type}: ${issueText(issues)}`, {
    issues,
  })
}

/** The JSON list of all output items, checked against the ports that the node declares. */
export function outputsText(
  node: NodeDefinition,
  config: unknown,
  returned: unknown,
  label: string,
  limit: number,
): string {
  if (typeof returned !== 'object' || returned === null) {
    throw invalid(
      '',
      `The node returned ${returned === null ? 'null' : typeof returned} instead of outputs by port.`,
    )
  }
  const given = returned as Record<string, unknown>
  for (const port of Object.keys(given)) {
    if (!Object.hasOwn(node.outputs, port)) throw invalid(port, `The node has no output port "${port}".`)
  }
  let text = ''
  for (const [port, facts] of Object.entries(node.outputs)) {
    const items = itemsOf(given[port], label)
    if (items.length === 0 && facts.conditional !== true && facts.items === undefined) {
      throw invalid(port, `The node put nothing at port "${port}", which always has an item.`)
    }
    const most = maximum(facts.items ?? 1, config)
    if (items.length > most) {
      throw invalid(port, `The node put ${items.length} items at port "${port}"; it may put out ${most}.`)
    }
    for (const item of items) {
      const value = checked(port, facts, item.value, limit)
      const entry = `{"port":${stringify(port)},"label":${stringify(item.label)},"value":${value}}`
      text = text === '' ? entry : `${text},${entry}`
      if (text.length > limit)
        throw tooLarge(`The node's outputs are more than ${limit} characters together.`, { limit })
    }
  }
  return `[${text}]`
}
