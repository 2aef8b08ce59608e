import { type Catalog, type Flow, type FlowNode, type NodeManifest, fieldHints } from '#graph'

type Config = FlowNode['config']

/**
 * A new node's configuration: what its schema demands and the catalogue can answer, so that it is ready to run as
 * often as possible. Defaults stay out: the schema has them.
 */
export function freshConfig(manifest: NodeManifest, catalog: Catalog | null): Config {
  if (!catalog) return {}
  const config: Config = {}
  const required = new Set(Array.isArray(manifest.config['required']) ? manifest.config['required'] : [])
  const properties = (manifest.config['properties'] ?? {}) as Record<string, { type?: string }>
  for (const [field, hint] of fieldHints(manifest)) {
    if (!required.has(field)) continue
    if (hint.kind === 'content-type') {
      const first = catalog.contentTypes[0]
      if (first) config[field] = first.slug
    } else if (hint.kind === 'agent') {
      const first = catalog.agents.find(({ role }) => role === hint.role)
      if (first)
        config[field] = properties[field]?.type === 'array' ? [{ agent: first.slug }] : { agent: first.slug }
    }
  }
  return config
}

/** "Writers", "Writers 2", ...: a title of its own only where the manifest's is taken. */
export function freshTitle(flow: Flow, manifest: NodeManifest): string | undefined {
  const taken = new Set(
    flow.nodes.map((node) => node.title ?? (node.type === manifest.type ? manifest.title : null)),
  )
  if (!taken.has(manifest.title)) return undefined
  let number = 2
  while (taken.has(`${manifest.title} ${number}`)) number++
  return `${manifest.title} ${number}`
}
