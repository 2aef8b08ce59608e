/**
 * Job: the flow that a draft holds, cheap enough to ask for after every key press.
 * Boundary: reads only. The flow it gives is shared with later calls: nobody may change it.
 *
 * What can't be part of a flow is left out, not reported: edges to nodes that are gone, doubles, strange values. What
 * lies in a sub-flow that is gone, or sub-flows in each other, lie on the top level.
 * Items are read again only after a transaction touched them, and lists in which nothing changed stay the same array.
 */
import type * as Y from 'yjs'
import {
  type Flow,
  type FlowEdge,
  type FlowSubflow,
  MAX_EDGES,
  MAX_GROUPS,
  MAX_NODES,
  MAX_NOTES,
  MAX_SUBFLOWS,
} from '../flow.ts'
import { parentsOf } from '../levels.ts'
import { readEdge, readGroup, readMeta, readNode, readNote, readSubflow } from './fields.ts'
import { type ItemMap, isMap, isVisible, itemsOf, metaOf, orderOf, topItem } from './shape.ts'
import { ownerOfText } from './typed-text.ts'

interface Entry<T> {
  order: number
  value: T
}

/** One root map, read item by item. */
class Shelf<T extends { id: string }> {
  readonly map: Y.Map<unknown>
  readonly #read: (id: string, value: unknown) => T | null
  readonly #entries = new Map<string, Entry<T>>()
  readonly #stale = new Set<string>()
  #list: T[] = []

  constructor(map: Y.Map<unknown>, read: (id: string, value: unknown) => T | null) {
    this.map = map
    this.#read = read
    for (const id of map.keys()) this.#stale.add(id)
  }

  touch(id: string): void {
    this.#stale.add(id)
  }

  list(): T[] {
    if (this.#stale.size === 0) return this.#list
    for (const id of this.#stale) {
      const stored = this.map.get(id)
      const value = this.#read(id, stored)
      if (value) this.#entries.set(id, { order: orderOf(stored), value })
      else this.#entries.delete(id)
    }
    this.#stale.clear()
    this.#list = [...this.#entries.values()]
      .toSorted((a, b) => a.order - b.order || (a.value.id < b.value.id ? -1 : 1))
      .map((entry) => entry.value)
    return this.#list
  }
}

const visible =
  <T>(read: (id: string, item: ItemMap) => T | null) =>
  (id: string, value: unknown): T | null =>
    isMap(value) && isVisible(value) ? read(id, value) : null

class Reader {
  readonly #doc: Y.Doc
  readonly #nodes
  readonly #edges
  readonly #notes
  readonly #groups
  readonly #subflows
  #flow: Flow | null = null

  constructor(doc: Y.Doc) {
    this.#doc = doc
    this.#nodes = new Shelf(itemsOf(doc, 'nodes'), visible(readNode))
    this.#notes = new Shelf(itemsOf(doc, 'notes'), visible(readNote))
    this.#groups = new Shelf(itemsOf(doc, 'groups'), visible(readGroup))
    this.#subflows = new Shelf(itemsOf(doc, 'subflows'), visible(readSubflow))
    this.#edges = new Shelf(itemsOf(doc, 'edges'), visible(readEdge))
  }

  /** Marks what a transaction changed; before any observer runs, so that observers may ask for the flow. */
  forget(transaction: Y.Transaction): void {
    this.#flow = null
    const shelves = [this.#nodes, this.#edges, this.#notes, this.#groups, this.#subflows]
    for (const [type, keys] of transaction.changed) {
      const direct = shelves.find((shelf) => Object.is(shelf.map, type))
      if (direct) for (const key of keys) direct.touch(key ?? '')
      const above = topItem(type._item) ?? ownerOfText(this.#doc, type)
      const shelf = above && shelves.find(({ map }) => Object.is(map, above.parent))
      if (shelf) shelf.touch(above?.parentSub ?? '')
    }
  }

  flow(): Flow {
    this.#flow ??= this.#assemble()
    return this.#flow
  }

  #assemble(): Flow {
    const subflows = nested(firstOf(this.#subflows.list(), MAX_SUBFLOWS))
    const levels = new Set(subflows.map((subflow) => subflow.id))
    const nodes = placed(firstOf(this.#nodes.list(), MAX_NODES), levels)
    const ids = new Set(nodes.map((node) => node.id))
    const meta = readMeta(metaOf(this.#doc))
    return {
      schemaVersion: meta.schemaVersion,
      name: meta.name,
      description: meta.description,
      nodes,
      edges: firstOf(drawable(this.#edges.list(), ids), MAX_EDGES),
      notes: placed(firstOf(this.#notes.list(), MAX_NOTES), levels),
      groups: firstOf(this.#groups.list(), MAX_GROUPS).map((group) =>
        group.nodes.every((id) => ids.has(id))
          ? group
          : { ...group, nodes: group.nodes.filter((id) => ids.has(id)) },
      ),
      subflows,
      limits: meta.limits,
    }
  }
}

const firstOf = <T>(list: T[], most: number): T[] => (list.length > most ? list.slice(0, most) : list)

/** Sub-flows each in one that is there. */
function nested(subflows: FlowSubflow[]): FlowSubflow[] {
  const parents = parentsOf(subflows)
  const isSound = ({ id, parent }: FlowSubflow) => (parent ?? null) === parents.get(id)
  if (subflows.every(isSound)) return subflows
  return subflows.map((subflow) => {
    if (isSound(subflow)) return subflow
    const { parent: _parent, ...outermost } = subflow
    return outermost
  })
}

function placed<T extends { subflow?: string | undefined }>(items: T[], levels: ReadonlySet<string>): T[] {
  const isSound = ({ subflow }: T) => subflow === undefined || levels.has(subflow)
  if (items.every(isSound)) return items
  return items.map((item) => {
    if (isSound(item)) return item
    const outermost = { ...item }
    delete outermost.subflow
    return outermost
  })
}

export const endsOf = ({ source, target }: Pick<FlowEdge, 'source' | 'target'>): string =>
  JSON.stringify([source.node, source.port, target.node, target.port])

/** Edges between nodes that are there; of two between the same ports, drawn in two places at once, the first. */
function drawable(edges: FlowEdge[], nodes: ReadonlySet<string>): FlowEdge[] {
  const seen = new Set<string>()
  const kept = edges.filter((edge) => {
    if (!nodes.has(edge.source.node) || !nodes.has(edge.target.node)) return false
    const ends = endsOf(edge)
    if (seen.has(ends)) return false
    seen.add(ends)
    return true
  })
  return kept.length === edges.length ? edges : kept
}

const readers = new WeakMap<Y.Doc, Reader>()

/** The flow as it stands. It always fits the flow schema, whatever other clients wrote; the validator judges the rest. */
export function flowOf(doc: Y.Doc): Flow {
  // In the middle of a transaction nothing has been marked as changed yet.
  if (doc._transaction) return new Reader(doc).flow()
  let reader = readers.get(doc)
  if (!reader) {
    const fresh = new Reader(doc)
    doc.on('beforeObserverCalls', (transaction: Y.Transaction) => fresh.forget(transaction))
    readers.set(doc, fresh)
    reader = fresh
  }
  return reader.flow()
}
