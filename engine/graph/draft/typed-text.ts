/**
 * Job: texts that several people type into at once, of which nobody loses a letter.
 * Boundary: one field of one map at a time; which fields are texts, and when people may write them, is edit-text.ts.
 *
 * T1 A text is a plain value until somebody types into it. Then a marker takes its place and names a root text of the
 *    document. A marker is bytes, which no value of a flow is, so that no imported document can hold one.
 * T2 Name and first letters of that text follow from the map, the field and the very entry that stood there, and the
 *    letters are written by a client of that name alone. People who begin at once or offline so write the same bytes
 *    and end in one text; and an entry that was written anew begins a new text.
 * T3 Root texts stay for good: a value that takes a marker's place, or an undo of that, touches none of the letters.
 * T4 A marker counts only in the item that its text is named after: no text belongs to two items.
 * T5 Beginning is nobody's edit: no undo takes it back, only what was typed.
 */
import * as Y from 'yjs'
import { hashOf } from '../paths.ts'
import { type ItemMap, topItem } from './shape.ts'
import { type Splice, spliceBetween } from './splice.ts'

const PREFIX = 'text:'
const META = 'meta'
/** The first byte of a marker: whether the emptied text is no value at all. */
const [ABSENT, EMPTY] = ['?', '=']

type AnyType = Parameters<Y.Transaction['changed']['has']>[0]

interface Typed {
  text: Y.Text
  /** What the field has when all letters are gone. */
  emptied: '' | undefined
}

const nameOf = (id: Y.ID): string => `${id.client.toString(36)}-${id.clock.toString(36)}`

function ownerOf(map: ItemMap): string {
  const item = topItem(map._item)
  return item ? nameOf(item.id) : META
}

/** Null where the value is a plain one. */
export function typedText(map: ItemMap, value: unknown): Typed | null {
  if (!(value instanceof Uint8Array) || !map.doc) return null
  const marker = new TextDecoder().decode(value)
  const name = marker.slice(1)
  if (!name.startsWith(`${PREFIX}${ownerOf(map)}:`)) return null
  return { text: map.doc.getText(name), emptied: marker.startsWith(ABSENT) ? undefined : '' }
}

/** What a field holds, typed or plain; a typed text no longer than `most`. */
export function valueAt(map: ItemMap, field: string, most = Infinity): unknown {
  const value = map.get(field)
  const typed = typedText(map, value)
  if (!typed) return value
  return clipped(typed.text.toJSON(), most) || typed.emptied
}

/** Half of a pair is no character, and no database takes it. */
function clipped(text: string, most: number): string {
  if (text.length <= most) return text
  return text.slice(0, /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most)
}

/** T1, T2, T5. */
export function beginTyping(map: ItemMap, field: string, emptied: '' | undefined): void {
  const { doc } = map
  if (!doc) return
  const value = map.get(field)
  if (typedText(map, value)) return
  const seed = typeof value === 'string' ? value.toWellFormed() : ''
  const entry = map._map.get(field)
  const place = [map._item && nameOf(map._item.id), field, entry && nameOf(entry.lastId), seed]
  const client = FIRST_SEED + (Number.parseInt(hashOf(JSON.stringify(place), 1), 36) % SEEDS)
  const name = `${PREFIX}${ownerOf(map)}:${client.toString(36)}`
  doc.transact(() => {
    if (Y.getState(doc.store, client) === 0) writeAs(doc, client, () => doc.getText(name).insert(0, seed))
    map.set(field, new TextEncoder().encode(`${emptied === undefined ? ABSENT : EMPTY}${name}`))
  }, beginTyping)
}

/** Above every number that Yjs draws for a person's client, and within what it can write. */
const FIRST_SEED = 2 ** 32
const SEEDS = 2 ** 53 - FIRST_SEED

function writeAs(doc: Y.Doc, client: number, write: () => void): void {
  const own = doc.clientID
  doc.clientID = client
  try {
    write()
  } finally {
    doc.clientID = own
  }
}

/** Whether anything changed. */
export function applySplice(text: Y.Text, { at, remove, insert }: Splice): boolean {
  if (remove > 0) text.delete(at, remove)
  if (insert !== '') text.insert(at, insert.toWellFormed())
  return remove > 0 || insert !== ''
}

/** A whole new value over a typed text, with no more than differs. What is no text has to be written as a value. */
export function replaceTyped({ text, emptied }: Typed, value: unknown): 'same' | 'changed' | 'not a text' {
  if (typeof value !== 'string' && (value !== undefined || emptied === '')) return 'not a text'
  if (value === '' && emptied === undefined) return 'not a text'
  const splice = spliceBetween(text.toJSON(), value ?? '')
  return splice && applySplice(text, splice) ? 'changed' : 'same'
}

/** Whether undo and redo of what people typed go into this type. */
export const isTypedText = (type: AnyType): boolean => rootName(type) !== null

/** The item whose text this is; null for one of the flow itself and for any other type. */
export function ownerOfText(doc: Y.Doc, type: AnyType): Y.Item | null {
  const owner = rootName(type)?.split(':')[1]
  if (owner === undefined || owner === META) return null
  const [client = '', clock = ''] = owner.split('-')
  const id = Y.createID(Number.parseInt(client, 36), Number.parseInt(clock, 36))
  return id.clock < Y.getState(doc.store, id.client) ? Y.getItem(doc.store, id) : null
}

function rootName(type: AnyType): string | null {
  if (type._item !== null || type.doc === null) return null
  const name = Y.findRootTypeKey(type)
  return name.startsWith(PREFIX) ? name : null
}
