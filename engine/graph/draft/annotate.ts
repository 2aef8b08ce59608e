import type * as Y from 'yjs'
import type { Budget, FlowGroup, FlowNote, Priority } from '../flow.ts'
import { type Point, assign, assignFields, keepLevel, optional, putItem } from './edit.ts'
import {
  changeMembers,
  edit,
  freshId,
  isMap,
  keep,
  memberOf,
  membersOf,
  metaOf,
  nextOrder,
  visibleItem,
} from './shape.ts'

export type NewNote = Omit<FlowNote, 'id'>
export type NotePatch = Partial<Pick<FlowNote, 'text' | 'width' | 'height'> & Point> & {
  colour?: string | null
}
export type NewGroup = Omit<FlowGroup, 'id'>
export type GroupPatch = { title?: string; nodes?: readonly string[]; colour?: string | null }

export interface MetaPatch {
  name?: string
  description?: string
  maxLocalConcurrent?: number
  maxCloudConcurrent?: number
  /** Null: no limit. */
  timeoutMinutes?: number | null
  /** Null: `normal`. */
  priority?: Priority | null
  /** Null: none. */
  budget?: Budget | null
}

export function addNote(doc: Y.Doc, note: NewNote, origin?: unknown): string {
  return edit(doc, origin, null, () => {
    const id = freshId(doc, 'note')
    putNote(doc, { ...note, id }, nextOrder(doc, 'notes'))
    return id
  })
}

export function putNote(doc: Y.Doc, { id, position, ...fields }: FlowNote, order: number): void {
  putItem(doc, 'notes', id, { ...fields, x: position.x, y: position.y }, order)
  keepLevel(doc, fields.subflow)
}

export function setNote(doc: Y.Doc, id: string, patch: NotePatch, origin?: unknown): boolean {
  return edit(doc, origin, `note:${id}:${Object.keys(patch).join(' ')}`, () => {
    const note = visibleItem(doc, 'notes', id)
    if (!note) return false
    const { colour, ...fields } = patch
    assign(doc, note, { ...fields, ...('colour' in patch ? optional({ colour }) : {}) })
    return true
  })
}

export function addGroup(doc: Y.Doc, group: NewGroup, origin?: unknown): string {
  return edit(doc, origin, null, () => {
    const id = freshId(doc, 'group')
    putGroup(doc, { ...group, id }, nextOrder(doc, 'groups'))
    return id
  })
}

export function putGroup(doc: Y.Doc, { id, nodes, ...fields }: FlowGroup, order: number): void {
  putItem(doc, 'groups', id, { ...fields, nodes: membersOf(doc, nodes) }, order)
  keepNodes(doc, nodes)
}

export function setGroup(doc: Y.Doc, id: string, patch: GroupPatch, origin?: unknown): boolean {
  return edit(doc, origin, `group:${id}:${Object.keys(patch).join(' ')}`, () => {
    const group = visibleItem(doc, 'groups', id)
    if (!group) return false
    const { nodes, colour, ...fields } = patch
    assign(doc, group, { ...fields, ...('colour' in patch ? optional({ colour }) : {}) })
    if (nodes) setMembers(doc, group, nodes)
    return true
  })
}

/** Only members that come or go are written: two people filling one group both succeed. */
export function setMembers(doc: Y.Doc, group: Y.Map<unknown>, nodes: readonly string[]): void {
  const members = group.get('nodes')
  if (!isMap(members)) {
    assign(doc, group, { nodes: membersOf(doc, nodes) })
    keepNodes(doc, nodes)
    return
  }
  const before = new Set([...members.keys()].map(memberOf))
  const wanted = new Set(nodes)
  const added = [...wanted].filter((node) => !before.has(node))
  const gone = new Set([...before].filter((node) => !wanted.has(node)))
  if (added.length + gone.size === 0) return
  changeMembers(doc, members, added, gone)
  keep(doc, group)
  keepNodes(doc, added)
}

function keepNodes(doc: Y.Doc, nodes: readonly string[]): void {
  for (const id of nodes) {
    const node = visibleItem(doc, 'nodes', id)
    if (node) keep(doc, node)
  }
}

export function setMeta(doc: Y.Doc, patch: MetaPatch, origin?: unknown): void {
  edit(doc, origin, `meta:${Object.keys(patch).join(' ')}`, () => {
    const fields = Object.entries(patch).map(([key, value]) => [key, value ?? undefined])
    return assignFields(metaOf(doc), Object.fromEntries(fields))
  })
}
