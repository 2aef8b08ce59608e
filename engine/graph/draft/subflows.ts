import type * as Y from 'yjs'
import type { FlowSubflow } from '../flow.ts'
import { contentOf, parentsOf } from '../levels.ts'
import { type Items, type Point, assign, keepLevel, optional, putItem, removeItems } from './edit.ts'
import { flowOf } from './read.ts'
import { type ItemMap, edit, freshId, nextOrder, visibleItem } from './shape.ts'

/** What can lie in a sub-flow. */
export type Placeable = Pick<Items, 'nodes' | 'notes' | 'subflows'>
export type SubflowPatch = { [K in 'title' | 'colour' | 'annotation']?: string | null }

/** Makes a sub-flow of things of one level; of others, those on the level of the first. Null where there are none. */
export function collapse(
  doc: Y.Doc,
  items: Placeable,
  { title, position }: { title: string; position: Point },
  origin?: unknown,
): string | null {
  return edit(doc, origin, null, () => {
    const all = itemsOf(doc, items)
    const [first] = all
    if (!first) return null
    const level = levelOf(first)
    const id = freshId(doc, 'subflow')
    putSubflow(doc, { id, title, position, parent: level }, nextOrder(doc, 'subflows'))
    for (const item of all) if (levelOf(item) === level) put(doc, item, id)
    return id
  })
}

/** What lies in the sub-flow comes to lie where that one lay. False where there is none (any more). */
export function dissolve(doc: Y.Doc, id: string, origin?: unknown): boolean {
  return edit(doc, origin, null, () => {
    if (!visibleItem(doc, 'subflows', id)) return false
    const flow = flowOf(doc)
    const parents = parentsOf(flow.subflows)
    const lies = ({ subflow }: { subflow?: string | undefined }) => subflow === id
    const idsOf = (list: readonly { id: string }[]) => list.map((item) => item.id)
    const content = {
      nodes: idsOf(flow.nodes.filter(lies)),
      notes: idsOf(flow.notes.filter(lies)),
      subflows: idsOf(flow.subflows.filter((subflow) => parents.get(subflow.id) === id)),
    }
    moveInto(doc, content, parents.get(id) ?? null, origin)
    removeItems(doc, { subflows: [id] }, origin)
    return true
  })
}

/** Puts things into a sub-flow, or on the top level. A sub-flow that would come to lie in itself stays where it is. */
export function moveInto(doc: Y.Doc, items: Placeable, into: string | null, origin?: unknown): void {
  edit(doc, origin, null, () => {
    if (into !== null && !visibleItem(doc, 'subflows', into)) return
    const flow = flowOf(doc)
    const subflows = (items.subflows ?? []).filter(
      (id) => into === null || !contentOf(flow, [id]).subflows.includes(into),
    )
    for (const item of itemsOf(doc, { ...items, subflows })) put(doc, item, into)
  })
}

export function setSubflow(doc: Y.Doc, id: string, patch: SubflowPatch, origin?: unknown): boolean {
  return edit(doc, origin, `subflow:${id}:${Object.keys(patch).join(' ')}`, () => {
    const subflow = visibleItem(doc, 'subflows', id)
    if (!subflow) return false
    const { title, ...fields } = patch
    assign(doc, subflow, { ...optional(fields), ...(typeof title === 'string' ? { title } : {}) })
    return true
  })
}

export function putSubflow(
  doc: Y.Doc,
  { id, position, ...fields }: Omit<FlowSubflow, 'parent'> & { parent?: string | undefined },
  order: number,
): void {
  putItem(doc, 'subflows', id, { ...fields, x: position.x, y: position.y }, order)
  keepLevel(doc, fields.parent)
}

interface Placed {
  item: ItemMap
  field: 'subflow' | 'parent'
}

function itemsOf(doc: Y.Doc, items: Placeable): Placed[] {
  return (['nodes', 'notes', 'subflows'] as const).flatMap((kind) =>
    (items[kind] ?? []).flatMap((id): Placed[] => {
      const item = visibleItem(doc, kind, id)
      return item ? [{ item, field: kind === 'subflows' ? 'parent' : 'subflow' }] : []
    }),
  )
}

function levelOf({ item, field }: Placed): string | undefined {
  const level = item.get(field)
  return typeof level === 'string' ? level : undefined
}

function put(doc: Y.Doc, { item, field }: Placed, into: string | null): void {
  assign(doc, item, { [field]: into ?? undefined })
}
