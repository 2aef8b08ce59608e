/**
 * Job: one level of a flow as a flow of its own, in which each sub-flow is a node whose ports are those of the nodes
 * inside, so that drawing, walking, layout and connecting need to know of nodes only.
 * Boundary: pure, derived from the document, kept for as long as the flow is the same. Edges keep their ids.
 *
 * S1 A port of a node inside is a port of the sub-flow when a connection crosses the border there, or none ends there.
 * S2 `realEnd` leads from such a port back to the node's own: nothing else of a level may be written to the document.
 * S3 Outside an open sub-flow there are borders in place of the nodes: one for each and each direction.
 * S4 Without sub-flows the level is the flow itself.
 */
import {
  type Flow,
  type FlowEdge,
  type FlowNode,
  type FlowSubflow,
  type NodeManifest,
  portKey,
  portOfKey,
} from '#graph'
import { bordersOf } from './subflow-borders.ts'
import { type Border, withEnds } from './subflow-ends.ts'
import { holdersOf } from './subflow-holders.ts'
import { manifestOfSubflow } from './subflow-ports.ts'
import type { End } from './wiring.ts'

export interface Level {
  /** The open sub-flow; null is the top level. */
  inside: string | null
  /** Nodes, notes and, as nodes, sub-flows of this level, and the edges between them. */
  flow: Flow
  /** The same with borders as nodes, and the edges that lead to them. */
  whole: Flow
  /** The installed ones, with one for each node that stands for something else. */
  manifests: Record<string, NodeManifest>
  /** What lies in each sub-flow of this level, however deep. */
  content: ReadonlyMap<string, ReadonlySet<string>>
  borders: ReadonlyMap<string, Border>
  realEnd(end: End): End
}

type Manifests = Record<string, NodeManifest>
const levels = new WeakMap<Flow, Level[]>()
const manifestsOf = new WeakMap<Level, Manifests>()

export function levelOf(flow: Flow, manifests: Manifests, inside: string | null): Level {
  const made = levels.get(flow) ?? []
  const known = made.find((level) => level.inside === inside && manifestsOf.get(level) === manifests)
  if (known) return known
  const level = flow.subflows.length === 0 ? plain(flow, manifests) : derived(flow, manifests, inside)
  manifestsOf.set(level, manifests)
  levels.set(flow, [...made, level])
  return level
}

const plain = (flow: Flow, manifests: Manifests): Level => ({
  inside: null,
  flow,
  whole: flow,
  manifests,
  content: new Map(),
  borders: new Map(),
  realEnd: (end) => end,
})

function derived(flow: Flow, manifests: Manifests, inside: string | null): Level {
  const { holderOf, isHere } = holdersOf(flow, inside)
  const subflows = flow.subflows.filter(({ id }) => holderOf(id) === id)
  const content = new Map(subflows.map(({ id }) => [id, new Set<string>()]))
  for (const { id } of [...flow.nodes, ...flow.notes, ...flow.subflows])
    content.get(holderOf(id) ?? '')?.add(id)
  const endOn = (end: End): End | null => {
    const holder = holderOf(end.node)
    if (holder === null || holder === end.node) return holder === null ? null : end
    return { node: holder, port: portKey(end) }
  }
  const edges: FlowEdge[] = []
  const crossing: FlowEdge[] = []
  for (const edge of flow.edges) {
    const [source, target] = [endOn(edge.source), endOn(edge.target)]
    if (source && target && source.node !== target.node) edges.push(withEnds(edge, source, target))
    else if (source && !target) crossing.push(withEnds(edge, source, edge.target))
    else if (target && !source) crossing.push(withEnds(edge, edge.source, target))
  }
  const own = Object.fromEntries(
    subflows.map((subflow) => [
      `${typeOf(subflow)}@1`,
      manifestOfSubflow(typeOf(subflow), flow, manifests, content.get(subflow.id) ?? new Set()),
    ]),
  )
  const here: Flow = {
    ...flow,
    nodes: [...flow.nodes.filter(isHere), ...subflows.map(asNode)],
    notes: flow.notes.filter(isHere),
    edges,
  }
  const all = { ...manifests, ...own }
  const outside = bordersOf(flow, here, all, crossing)
  return {
    inside,
    flow: here,
    whole: {
      ...here,
      nodes: [...here.nodes, ...outside.nodes],
      edges: [...edges, ...outside.edges],
    },
    manifests: all,
    content,
    borders: outside.borders,
    realEnd: (end) => (content.has(end.node) ? portOfKey(end.port) : end),
  }
}

const typeOf = ({ id }: FlowSubflow): string => `:subflow:${id}`

const asNodes = new WeakMap<FlowSubflow, FlowNode>()
function asNode(subflow: FlowSubflow): FlowNode {
  const known = asNodes.get(subflow)
  if (known) return known
  const { id, title, position, colour, annotation } = subflow
  const node = { id, type: typeOf(subflow), version: 1, title, position, colour, annotation, config: {} }
  asNodes.set(subflow, node)
  return node
}
