import * as Y from 'yjs'
import type { FlowEdge, FlowNode } from '../flow.ts'
import { contentOf } from '../levels.ts'
import { readEdge } from './fields.ts'
import { type Json, isJson, plain, sameJson } from './json.ts'
import { endsOf, flowOf } from './read.ts'
import {
  ITEM_KINDS,
  type ItemKind,
  type ItemMap,
  edit,
  freshId,
  hide,
  isMap,
  isVisible,
  itemsOf,
  keep,
  nextOrder,
  visibleItem,
} from './shape.ts'
import { replaceTyped, typedText } from './typed-text.ts'

export interface Point {
  x: number
  y: number
}

export interface NewNode {
  type: string
  version: number
  position: Point
  config?: Record<string, unknown>
  title?: string
  /** The sub-flow to put it into. */
  subflow?: string | undefined
}

export type Endpoint = FlowEdge['source']

/** Leaving a field out keeps it; undefined, null, false and the empty text take it away. */
export type NodePatch = {
  [K in 'title' | 'disabled' | 'colour' | 'annotation' | 'settings']?: FlowNode[K] | null
}

export interface Items {
  nodes?: readonly string[]
  edges?: readonly string[]
  notes?: readonly string[]
  groups?: readonly string[]
  subflows?: readonly string[]
}

export function addNode(doc: Y.Doc, node: NewNode, origin?: unknown): string {
  return edit(doc, origin, null, () => {
    const id = freshId(doc, node.type)
    const { type, version, position, config, title, subflow } = node
    const made = { id, type, version, position, config, title: title || undefined, subflow }
    putNode(doc, made, nextOrder(doc, 'nodes'))
    return id
  })
}

/** Moves nodes, notes and sub-flows. Positions of items that are gone are ignored. */
export function moveNodes(doc: Y.Doc, moves: readonly ({ id: string } & Point)[], origin?: unknown): void {
  const ids = moves.map((move) => move.id).toSorted()
  edit(doc, origin, `move:${ids.join(' ')}`, () => {
    for (const { id, x, y } of moves) {
      const item =
        visibleItem(doc, 'nodes', id) ?? visibleItem(doc, 'notes', id) ?? visibleItem(doc, 'subflows', id)
      if (item) assign(doc, item, { x, y })
    }
  })
}

/** False where there is no such node (any more). */
export function setConfig(
  doc: Y.Doc,
  nodeId: string,
  field: string,
  value: unknown,
  origin?: unknown,
): boolean {
  return edit(doc, origin, `config:${nodeId}:${field}`, () => {
    const node = visibleItem(doc, 'nodes', nodeId)
    if (!node) return false
    const config = node.get('config')
    if (isMap(config)) {
      if (assignFields(config, { [field]: value })) keep(doc, node)
    } else {
      assign(doc, node, { config: mapOf({ [field]: value }) })
    }
    return true
  })
}

export function setNode(doc: Y.Doc, nodeId: string, patch: NodePatch, origin?: unknown): boolean {
  return edit(doc, origin, `node:${nodeId}:${Object.keys(patch).join(' ')}`, () => {
    const node = visibleItem(doc, 'nodes', nodeId)
    if (!node) return false
    assign(doc, node, optional(patch))
    return true
  })
}

/** Edges at removed nodes go too, and all that lies in removed sub-flows. */
export function removeItems(doc: Y.Doc, chosenItems: Items, origin?: unknown): void {
  edit(doc, origin, null, () => {
    const items = withContent(doc, chosenItems)
    const gone = new Set(items.nodes)
    const chosen = new Set(items.edges)
    const all = readEdges(doc)
    const ends = new Set(all.filter((edge) => chosen.has(edge.id)).map(endsOf))
    for (const edge of all) {
      // A double that the flow did not show must not take the place of the edge that was removed.
      if (gone.has(edge.source.node) || gone.has(edge.target.node) || ends.has(endsOf(edge)))
        hideItem(doc, 'edges', edge.id)
    }
    for (const kind of ITEM_KINDS) {
      for (const id of items[kind] ?? []) hideItem(doc, kind, id)
    }
  })
}

function withContent(doc: Y.Doc, items: Items): Items {
  if (!items.subflows?.length) return items
  const { nodes, notes, subflows } = contentOf(flowOf(doc), items.subflows)
  return {
    ...items,
    nodes: [...(items.nodes ?? []), ...nodes],
    notes: [...(items.notes ?? []), ...notes],
    subflows,
  }
}

/** Null where both ports are connected already or a node is gone. */
export function connect(doc: Y.Doc, source: Endpoint, target: Endpoint, origin?: unknown): string | null {
  return edit(doc, origin, null, () => {
    const ends = [visibleItem(doc, 'nodes', source.node), visibleItem(doc, 'nodes', target.node)]
    if (ends.includes(null)) return null
    const wanted = endsOf({ source, target })
    if (readEdges(doc).some((edge) => endsOf(edge) === wanted)) return null
    const id = freshId(doc, 'e')
    putEdge(doc, { id, source, target }, nextOrder(doc, 'edges'))
    return id
  })
}

/** Puts a node between the two ends of an edge: `ports` are the input and the output of the new node to use. */
export function insertOnEdge(
  doc: Y.Doc,
  edgeId: string,
  node: NewNode & { ports: { input: string; output: string } },
  origin?: unknown,
): string {
  return edit(doc, origin, null, () => {
    const edge = readEdges(doc).find(({ id }) => id === edgeId)
    const id = addNode(doc, node, origin)
    if (!edge) return id
    removeItems(doc, { edges: [edgeId] }, origin)
    connect(doc, edge.source, { node: id, port: node.ports.input }, origin)
    connect(doc, { node: id, port: node.ports.output }, edge.target, origin)
    return id
  })
}

type Options = Pick<FlowNode, 'disabled' | 'colour' | 'annotation' | 'subflow' | 'settings'>

export function putNode(
  doc: Y.Doc,
  { id, position, config, settings, ...fields }: NewNode & Options & { id: string },
  order: number,
): void {
  const kept = settings && plain(settings)
  const made = { ...fields, settings: kept, x: position.x, y: position.y, config: mapOf(config ?? {}) }
  putItem(doc, 'nodes', id, made, order)
  keepLevel(doc, fields.subflow)
}

export function putItem(
  doc: Y.Doc,
  kind: ItemKind,
  id: string,
  fields: Record<string, unknown>,
  order: number,
): void {
  const filled = Object.entries({ ...fields, order, alive: true }).filter(([, value]) => value !== undefined)
  itemsOf(doc, kind).set(id, new Y.Map(filled))
}

/** D3 for the sub-flow that something is put into. */
export function keepLevel(doc: Y.Doc, subflow: string | undefined): void {
  const level = subflow === undefined ? null : visibleItem(doc, 'subflows', subflow)
  if (level) keep(doc, level)
}

export function putEdge(doc: Y.Doc, { id, source, target }: FlowEdge, order: number): void {
  for (const end of [source, target]) {
    const node = visibleItem(doc, 'nodes', end.node)
    if (node) keep(doc, node)
  }
  putItem(doc, 'edges', id, { source: plain(source), target: plain(target) }, order)
}

export const readEdges = (doc: Y.Doc): FlowEdge[] =>
  [...itemsOf(doc, 'edges')].flatMap(([id, item]) => {
    const edge = isMap(item) && isVisible(item) ? readEdge(id, item) : null
    return edge ? [edge] : []
  })

function hideItem(doc: Y.Doc, kind: ItemKind, id: string): void {
  const item = visibleItem(doc, kind, id)
  if (item) hide(doc, item)
}

/** A map with a copy of each value. */
export function mapOf(fields: Record<string, unknown>): Y.Map<Json> {
  const filled = Object.entries(fields).filter(([, value]) => value !== undefined)
  return new Y.Map(filled.map(([key, value]): [string, Json] => [key, plain(value)]))
}

/** Writes what differs; undefined takes a field away. */
export function assign(doc: Y.Doc, item: ItemMap, fields: Record<string, unknown>): void {
  if (!assignFields(item, fields)) return
  keep(doc, item)
  for (const level of [fields['subflow'], fields['parent']])
    if (typeof level === 'string') keepLevel(doc, level)
}

/** The same without a mark that somebody worked here. True where something changed. */
export function assignFields(map: ItemMap, fields: Record<string, unknown>): boolean {
  let changed = false
  for (const [key, value] of Object.entries(fields)) {
    const before = map.get(key)
    const typed = typedText(map, before)
    const outcome = typed ? replaceTyped(typed, value) : 'not a text'
    if (outcome === 'changed') changed = true
    if (outcome !== 'not a text') continue
    if (value === undefined ? !map.has(key) : isJson(before) && sameJson(before, value)) continue
    if (value === undefined) map.delete(key)
    else map.set(key, value instanceof Y.AbstractType ? value : plain(value))
    changed = true
  }
  return changed
}

/** Empty values of fields that may be absent, as absent. */
export const optional = (patch: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, value || undefined]))
