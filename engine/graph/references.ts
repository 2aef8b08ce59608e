import type { FieldHint, NodeManifest } from '#sdk'
import type { Catalog } from './catalog.ts'
import { agentChoiceOf, agentChoices, manifestKey } from './compile.ts'
import type { Flow } from './flow.ts'

const known = new WeakMap<NodeManifest, ReadonlyMap<string, FieldHint>>()

/** The `x-pressroom` hints of a manifest's configuration fields; for lists the hint of their items. */
export function fieldHints(manifest: NodeManifest): ReadonlyMap<string, FieldHint> {
  const before = known.get(manifest)
  if (before) return before
  const hints = new Map<string, FieldHint>()
  const properties = (manifest.config['properties'] ?? {}) as Record<string, Record<string, unknown>>
  for (const [field, schema] of Object.entries(properties)) {
    const items = schema['items'] as Record<string, unknown> | undefined
    const hint = schema['x-pressroom'] ?? items?.['x-pressroom']
    if (hint) hints.set(field, hint as FieldHint)
  }
  known.set(manifest, hints)
  return hints
}

/** What of the catalog a flow refers to, and all models: a run keeps no more than it can need. */
export function referenced(catalog: Catalog, flow: Flow, manifests: Record<string, NodeManifest>): Catalog {
  const agents = new Set<string>()
  const contentTypes = new Set<unknown>()
  const connections = new Set<unknown>()
  for (const node of flow.nodes) {
    const manifest = manifests[manifestKey(node)]
    for (const [field, hint] of manifest ? fieldHints(manifest) : []) {
      const value = node.config[field]
      if (hint.kind === 'content-type') contentTypes.add(value)
      if (hint.kind === 'connection') connections.add(value)
      if (hint.kind !== 'agent') continue
      const single = agentChoiceOf(value)
      for (const { agent } of single ? [single] : agentChoices(node, field)) agents.add(agent)
    }
  }
  return {
    agents: catalog.agents.filter((agent) => agents.has(agent.slug)),
    contentTypes: catalog.contentTypes.filter((type) => contentTypes.has(type.slug)),
    models: catalog.models,
    ...(catalog.connections && { connections: catalog.connections.filter(({ id }) => connections.has(id)) }),
  }
}
