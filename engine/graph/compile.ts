import type { KnownCount, NodeManifest } from '#sdk'
import type { Catalog, ModelConfiguration } from './catalog.ts'
import type { Flow, FlowEdge, FlowNode } from './flow.ts'
import { manifestFor } from './node-settings.ts'
import { entryKeys } from './paths.ts'

/** One entry of the list that a node's `per` names: the node runs once for each. */
export interface Entry {
  index: number
  key: string
  agent: string | null
  model: string | null
}

export interface CompiledNode {
  node: FlowNode
  /** With the ports that the node has by its settings. */
  manifest: NodeManifest
  /** As its plugin brings it. */
  installed: NodeManifest
  title: string
  incoming: FlowEdge[]
  outgoing: FlowEdge[]
  /** Ids of nodes that feed this one, each once. */
  upstream: string[]
  /** Null where the node runs once per item. */
  entries: Entry[] | null
}

/** A flow ready to be walked: by planner, executor and canvas alike. */
export interface CompiledFlow {
  nodes: Map<string, CompiledNode>
  /** Node ids so that each comes after all that feed it; in the document's order where that leaves a choice. */
  order: string[]
}

export const manifestKey = (node: { type: string; version: number }): string => `${node.type}@${node.version}`

/** The flow without disabled nodes and the edges at them. */
export function activeFlow(flow: Flow): Flow {
  const active = new Set(flow.nodes.filter((node) => !node.disabled).map((node) => node.id))
  return {
    ...flow,
    nodes: flow.nodes.filter((node) => active.has(node.id)),
    edges: flow.edges.filter((edge) => active.has(edge.source.node) && active.has(edge.target.node)),
  }
}

/** Expects a flow that the validator accepts; nodes of unknown types are left out. */
export function compile(document: Flow, manifests: Record<string, NodeManifest>): CompiledFlow {
  const flow = activeFlow(document)
  const nodes = new Map<string, CompiledNode>()
  const into = Map.groupBy(flow.edges, ({ target }) => target.node)
  const outOf = Map.groupBy(flow.edges, ({ source }) => source.node)
  for (const node of flow.nodes) {
    const manifest = manifestFor(node, manifests)
    if (!manifest) continue
    const incoming = into.get(node.id) ?? []
    nodes.set(node.id, {
      node,
      manifest,
      installed: manifests[manifestKey(node)] ?? manifest,
      title: node.title ?? manifest.title,
      incoming,
      outgoing: outOf.get(node.id) ?? [],
      upstream: [...new Set(incoming.map((edge) => edge.source.node))],
      entries: entriesOf(node, manifest),
    })
  }
  return { nodes, order: topologicalOrder(flow).order.filter((id) => nodes.has(id)) }
}

/** Kahn's algorithm. `rest` holds the nodes on a cycle or behind one. */
export function topologicalOrder(flow: Flow): { order: string[]; rest: string[] } {
  const ids = flow.nodes.map((node) => node.id)
  const waitsFor = new Map(ids.map((id) => [id, 0]))
  const next = new Map<string, string[]>()
  for (const { source, target } of flow.edges) {
    if (!waitsFor.has(source.node) || !waitsFor.has(target.node)) continue
    waitsFor.set(target.node, (waitsFor.get(target.node) ?? 0) + 1)
    const list = next.get(source.node)
    if (list) list.push(target.node)
    else next.set(source.node, [target.node])
  }
  const order = ids.filter((id) => waitsFor.get(id) === 0)
  for (let i = 0; i < order.length; i++) {
    for (const id of next.get(order[i] ?? '') ?? []) {
      const left = (waitsFor.get(id) ?? 0) - 1
      waitsFor.set(id, left)
      if (left === 0) order.push(id)
    }
  }
  const ordered = new Set(order)
  return { order, rest: ids.filter((id) => !ordered.has(id)) }
}

function entriesOf(node: FlowNode, manifest: NodeManifest): Entry[] | null {
  if (manifest.per === undefined) return null
  const list = node.config[manifest.per]
  if (!Array.isArray(list)) return []
  const seen = new Map<string, number>()
  return list.map((raw, index) => {
    const choice = agentChoiceOf(raw)
    const name = choice ? [choice.agent, choice.model].filter(Boolean).join('@') : String(index)
    const safe = name.replace(/[^\w@.-]/g, '_')
    const times = (seen.get(safe) ?? 0) + 1
    seen.set(safe, times)
    const key = times === 1 ? safe : `${safe}.${times}`
    return { index, key, agent: choice?.agent ?? null, model: choice?.model ?? null }
  })
}

export function agentChoiceOf(raw: unknown): { agent: string; model?: string } | null {
  if (typeof raw !== 'object' || raw === null || !('agent' in raw) || typeof raw.agent !== 'string')
    return null
  return 'model' in raw && typeof raw.model === 'string'
    ? { agent: raw.agent, model: raw.model }
    : { agent: raw.agent }
}

/** Agent choices of a list field, as the document has them. */
export function agentChoices(node: FlowNode, field: string): { agent: string; model?: string }[] {
  const list = node.config[field]
  return Array.isArray(list) ? list.map(agentChoiceOf).filter((choice) => choice !== null) : []
}

/** The number that a manifest states, read from the node's configuration or its default. */
export function knownCount(count: KnownCount | undefined, compiled: CompiledNode, otherwise: number): number {
  if (count === undefined) return otherwise
  if (typeof count === 'number') return count
  const value = compiled.node.config[count.config] ?? defaultOf(compiled.manifest, count.config)
  return typeof value === 'number' ? value * (count.times ?? 1) : otherwise
}

function defaultOf(manifest: NodeManifest, field: string): unknown {
  const properties = manifest.config['properties'] as Record<string, { default?: unknown }> | undefined
  return properties?.[field]?.default
}

/** How many items one step may put out at a port. */
export function itemBound(compiled: CompiledNode, port: string): number {
  return knownCount(compiled.manifest.outputs[port]?.items, compiled, 1)
}

/** The model configuration that an agent speaks through: the one named, else its default, else the general one. */
export function modelFor(
  catalog: Catalog,
  agent: string | null,
  named?: string | null,
): ModelConfiguration | null {
  const { models } = catalog
  if (named) return models.find((model) => model.id === named) ?? null
  return (
    models.find((model) => model.agent === agent && model.isDefault) ??
    models.find((model) => model.agent === agent) ??
    models.find((model) => model.agent === null && model.isDefault) ??
    models.find((model) => model.agent === null) ??
    null
  )
}

/** "Clarity editor on Creative writer": who works on whose work, read off the path. */
export function stepLabel(compiled: CompiledNode, path: string, catalog: Catalog): string {
  const names = entryKeys(path).map((key) => {
    const slug = key.split(/[@.]/)[0]
    const agent = catalog.agents.find((candidate) => candidate.slug === slug)
    const model = key.includes('@') ? ` (${key.split('@')[1]})` : ''
    return `${agent?.name ?? key}${model}`
  })
  if (compiled.entries !== null && names.length > 0) return names.join(' on ')
  return names.length > 0 ? `${compiled.title} · ${names.join(' on ')}` : compiled.title
}
