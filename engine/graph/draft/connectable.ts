import { type NodeManifest, portsConnect } from '#sdk'
import type { Flow, FlowNode } from '../flow.ts'
import { manifestFor } from '../node-settings.ts'
import type { Endpoint } from './edit.ts'
import { endsOf } from './read.ts'

export type Connectable = { ok: true } | { ok: false; reason: string }

const no = (reason: string): Connectable => ({ ok: false, reason })

/** Whether an edge may be drawn from an output to an input, or in words for people why not. */
export function connectable(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  source: Endpoint,
  target: Endpoint,
): Connectable {
  const { nodes, ends } = indexOf(flow)
  const [from, to] = [nodes.get(source.node), nodes.get(target.node)]
  if (!from || !to) return no('This node is not there any more.')
  if (from === to) return no('A node can’t feed itself.')
  const [giver, taker] = [manifestFor(from, manifests), manifestFor(to, manifests)]
  if (!giver) return no(`No node type "${from.type}" is installed.`)
  if (!taker) return no(`No node type "${to.type}" is installed.`)
  const [output, input] = [own(giver.outputs, source.port), own(taker.inputs, target.port)]
  if (!output) return no(`${nameOf(from, giver)} has no output "${source.port}".`)
  if (!input) return no(`${nameOf(to, taker)} has no input "${target.port}".`)
  if (!portsConnect(output.type, input.type)) {
    return no(`${output.title} is ${article(output.type)}, but ${input.title} takes ${article(input.type)}.`)
  }
  if (ends.has(endsOf({ source, target }))) return no('These two are connected already.')
  if (feeders(flow, source.node).has(target.node)) {
    return no(`${nameOf(to, taker)} comes before ${nameOf(from, giver)}: a flow can’t go in a circle.`)
  }
  return { ok: true }
}

const nameOf = (node: FlowNode, manifest: NodeManifest): string => node.title ?? manifest.title
const article = (type: string): string =>
  type === 'any' ? 'anything' : `${/^[aei]/.test(type) ? 'an' : 'a'} ${type}`
const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

interface FlowIndex {
  nodes: Map<string, FlowNode>
  ends: Set<string>
  into: Map<string, string[]>
  feeders: Map<string, Set<string>>
}

/** While an edge is being drawn every port on the canvas is asked about the same flow. */
const indexes = new WeakMap<Flow, FlowIndex>()

function indexOf(flow: Flow): FlowIndex {
  const known = indexes.get(flow)
  if (known) return known
  const into = new Map<string, string[]>()
  for (const { source, target } of flow.edges) {
    const list = into.get(target.node)
    if (list) list.push(source.node)
    else into.set(target.node, [source.node])
  }
  const index: FlowIndex = {
    nodes: new Map(flow.nodes.map((node) => [node.id, node])),
    ends: new Set(flow.edges.map(endsOf)),
    into,
    feeders: new Map(),
  }
  indexes.set(flow, index)
  return index
}

/** All nodes whose items reach this one. */
function feeders(flow: Flow, nodeId: string): Set<string> {
  const index = indexOf(flow)
  const known = index.feeders.get(nodeId)
  if (known) return known
  const found = new Set<string>()
  const open = [...(index.into.get(nodeId) ?? [])]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    found.add(id)
    open.push(...(index.into.get(id) ?? []))
  }
  index.feeders.set(nodeId, found)
  return found
}
