/**
 * Job: how a flow lies in a Y.Doc, so that the edits of many people merge and nobody's undo takes another's work.
 * Boundary: names, access and visibility; reading, writing, undo and clips are built on it and touch no map beside it.
 *
 * Root maps: `meta` {schemaVersion, name, description, limits}; `nodes`, `edges`, `notes`, `groups`,
 * `subflows`: id → Y.Map of fields, with `config` and a group's `nodes` as maps of their own. Texts that
 * people type into: typed-text.ts.
 *
 * D1 An item stays in the document for good: removing it sets `removed:<client>`. What somebody else wrote into it
 *    meanwhile is still there when the removal is undone, and an undo takes back only one's own removal.
 * D2 Making one sets `alive`. Undoing that deletes `alive` and nothing else of it.
 * D3 Whoever works on what another client made sets `kept`, once and beyond any undo: from then on only a removal
 *    hides it, whether the maker's undo came before, after or unaware of that work.
 * D4 It is part of the flow while it is `alive` or `kept`, and nobody removed it.
 * D5 `order` numbers follow creation; equal ones (made in two places at once) go by id.
 * D6 A group's member is there under the name of everybody who put it in: `<node>:<client>`.
 */
import * as Y from 'yjs'

export type ItemMap = Y.Map<unknown>
export type ItemKind = 'nodes' | 'edges' | 'notes' | 'groups' | 'subflows'
export const ITEM_KINDS: readonly ItemKind[] = ['nodes', 'edges', 'notes', 'groups', 'subflows']

export const itemsOf = (doc: Y.Doc, kind: ItemKind): Y.Map<unknown> => doc.getMap(kind)
export const metaOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('meta')

export const isMap = (value: unknown): value is ItemMap => value instanceof Y.Map

/** The entry of a root map that this lies in, however deep; null for what lies in no entry. */
export function topItem(start: Y.Item | null): Y.Item | null {
  let item = start
  while (item && item.parent instanceof Y.AbstractType && item.parent._item) item = item.parent._item
  return item
}

const REMOVED = 'removed:'

/** By `forEach`: of a large draft this is asked for every item, and a Y.Map's iterators cost ten times as much. */
function removals(item: ItemMap): string[] {
  const found: string[] = []
  item.forEach((_value, key) => {
    if (key.startsWith(REMOVED)) found.push(key)
  })
  return found
}

export const isVisible = (item: ItemMap): boolean =>
  (item.has('alive') || item.has('kept')) && removals(item).length === 0

export function hide(doc: Y.Doc, item: ItemMap): void {
  item.set(`${REMOVED}${doc.clientID.toString(36)}`, true)
}

export function show(item: ItemMap): void {
  for (const key of removals(item)) item.delete(key)
  if (!item.has('alive')) item.set('alive', true)
}

/** The map behind an id, hidden or not. */
export function storedItem(doc: Y.Doc, kind: ItemKind, id: string): ItemMap | null {
  const item = itemsOf(doc, kind).get(id)
  return isMap(item) ? item : null
}

export function visibleItem(doc: Y.Doc, kind: ItemKind, id: string): ItemMap | null {
  const item = storedItem(doc, kind, id)
  return item && isVisible(item) ? item : null
}

/** D3. Called by every edit of an item and by everything that comes to depend on it, such as an edge. */
export function keep(doc: Y.Doc, item: ItemMap): void {
  if (item._item?.id.client !== doc.clientID && !item.has('kept')) item.set('kept', true)
}

/** D6. */
const memberKey = (doc: Y.Doc, node: string): string => `${node}:${doc.clientID.toString(36)}`
export const memberOf = (key: string): string => key.slice(0, key.indexOf(':'))

export const membersOf = (doc: Y.Doc, nodes: readonly string[]): Y.Map<boolean> =>
  new Y.Map(nodes.map((node): [string, boolean] => [memberKey(doc, node), true]))

export function changeMembers(
  doc: Y.Doc,
  members: ItemMap,
  added: readonly string[],
  gone: Set<string>,
): void {
  for (const key of members.keys()) if (gone.has(memberOf(key))) members.delete(key)
  for (const node of added) members.set(memberKey(doc, node), true)
}

export function orderOf(item: unknown): number {
  const order = isMap(item) ? item.get('order') : 0
  return typeof order === 'number' && Number.isFinite(order) ? order : 0
}

export function nextOrder(doc: Y.Doc, kind: ItemKind): number {
  let last = 0
  for (const value of itemsOf(doc, kind).values()) last = Math.max(last, orderOf(value))
  return last + 1
}

/**
 * An id that no other client can give and this one gives once: Yjs numbers everything a client writes. `index` tells
 * apart ids taken before any of them is written.
 */
export function freshId(doc: Y.Doc, prefix: string, index = 0): string {
  const letters = prefix.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^[^a-zA-Z]+/, '')
  const clock = Y.getState(doc.store, doc.clientID)
  const number = `${doc.clientID.toString(36)}-${clock.toString(36)}`
  return `${letters.slice(0, 24) || 'n'}-${number}${index === 0 ? '' : `-${index.toString(36)}`}`
}

/** The key under which a transaction says which edit it is: quick repetitions of one edit are undone together. */
export const EDIT = 'pressroom.edit'

/** One edit, one transaction. `repeats` names what may be undone together with the same thing done just before. */
export function edit<T>(doc: Y.Doc, origin: unknown, repeats: string | null, change: () => T): T {
  return doc.transact((transaction) => {
    const before: unknown = transaction.meta.get(EDIT)
    transaction.meta.set(EDIT, before === undefined || before === repeats ? repeats : null)
    return change()
  }, origin)
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Y.AbstractType)
