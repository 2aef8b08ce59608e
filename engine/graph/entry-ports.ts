import { type NodeManifest, conditionSchema, shortened } from '#sdk'
import type { FlowNode } from './flow.ts'

type Config = FlowNode['config']

/** One result for one configuration: whoever asks again gets the same object. */
const known = new WeakMap<Config, { of: NodeManifest; manifest: NodeManifest }>()

const LENGTH = 32

/** An entry of a list as the name of the port that it leads to; null where it says nothing yet. */
function nameOf(entry: unknown): string | null {
  const { data } = conditionSchema.safeParse(entry)
  if (!data) return null
  const { field, operator, value } = data
  // What tells one case from the next comes first: there is little room.
  if (operator === 'equals') return shortened(String(value), LENGTH)
  const words = operator.replaceAll('-', ' ')
  return shortened(value === undefined || value === '' ? `${field} ${words}` : `${words} ${value}`, LENGTH)
}

/** A manifest whose ports for entries of a list are as many as there are entries, and named after them. */
export function withEntryPorts(config: Config, manifest: NodeManifest): NodeManifest {
  const outputs = Object.entries(manifest.outputs)
  if (outputs.every(([, { entry }]) => !entry)) return manifest
  const before = known.get(config)
  if (before?.of === manifest) return before.manifest
  const there = outputs.flatMap(([port, output]) => {
    if (!output.entry) return [[port, output] as const]
    const list = config[output.entry.list]
    const entry = Array.isArray(list) ? list[output.entry.index] : undefined
    if (entry === undefined) return []
    return [[port, { ...output, title: nameOf(entry) ?? output.title }] as const]
  })
  const result = { ...manifest, outputs: Object.fromEntries(there) }
  known.set(config, { of: manifest, manifest: result })
  return result
}
