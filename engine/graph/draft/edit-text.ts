import type * as Y from 'yjs'
import { MAX_DESCRIPTION, MAX_NOTE_TEXT, MAX_TITLE } from '../flow.ts'
import { assignFields } from './edit.ts'
import { readMeta } from './fields.ts'
import { type ItemMap, edit, isMap, keep, metaOf, visibleItem } from './shape.ts'
import { type Splice, rebased, spliceBetween, spliced } from './splice.ts'
import { applySplice, beginTyping, typedText, valueAt } from './typed-text.ts'

/** A text that people type. `required`: once emptied it is an empty text and not left out. */
export type TextPlace =
  | { node: string; field: 'title' | 'annotation' }
  | { node: string; config: string; required: boolean }
  | { note: string }
  | { group: string }
  | { subflow: string; field: 'title' | 'annotation' }
  | { flow: 'name' | 'description' }

interface Found {
  map: ItemMap
  field: string
  emptied: '' | undefined
  item: ItemMap | null
  /** The longest that is read. */
  most: number
  /** The edit that changes this field as a whole: typing just behind it is one step of undo with it. */
  repeats: string
}

function find(doc: Y.Doc, place: TextPlace): Found | null {
  if ('flow' in place) {
    const { flow: field } = place
    return { map: metaOf(doc), item: null, field, emptied: '', most: MOST[field], repeats: `meta:${field}` }
  }
  if ('note' in place) {
    const item = visibleItem(doc, 'notes', place.note)
    const repeats = `note:${place.note}:text`
    return item && { map: item, item, field: 'text', emptied: '', most: MAX_NOTE_TEXT, repeats }
  }
  if ('group' in place) {
    const item = visibleItem(doc, 'groups', place.group)
    const repeats = `group:${place.group}:title`
    return item && { map: item, item, field: 'title', emptied: '', most: MAX_TITLE, repeats }
  }
  if ('subflow' in place) {
    const { subflow, field } = place
    const item = visibleItem(doc, 'subflows', subflow)
    const emptied = field === 'title' ? '' : undefined
    return (
      item && { map: item, item, field, emptied, most: MOST[field], repeats: `subflow:${subflow}:${field}` }
    )
  }
  const item = visibleItem(doc, 'nodes', place.node)
  if ('field' in place) {
    const { field } = place
    const repeats = `node:${place.node}:${field}`
    return item && { map: item, item, field, emptied: undefined, most: MOST[field], repeats }
  }
  const map = item?.get('config')
  if (!item || !isMap(map)) return null
  const emptied = place.required ? '' : undefined
  const repeats = `config:${place.node}:${place.config}`
  return { map, item, field: place.config, emptied, most: Infinity, repeats }
}

const MOST = {
  name: MAX_TITLE,
  title: MAX_TITLE,
  description: MAX_DESCRIPTION,
  annotation: MAX_DESCRIPTION,
}

/**
 * Types: takes out and puts in letters, and leaves those that others type there at the same moment. False where the
 * text is not there (any more).
 */
export function editText(doc: Y.Doc, place: TextPlace, splice: Splice, origin?: unknown): boolean {
  const found = find(doc, place)
  if (!found) return false
  const { map, field, item } = found
  // Within another edit beginning would be part of that edit, and an undo of it would take others' letters (T5).
  if (doc._transaction === null) beginTyping(map, field, found.emptied)
  return edit(doc, origin, found.repeats, () => {
    const typed = typedText(map, map.get(field))
    if (!typed) {
      const text = spliced(textAt(doc, place), splice) || found.emptied
      if (assignFields(map, { [field]: text }) && item) keep(doc, item)
      return true
    }
    // What is read may be another text than the letters: a flow without a name has one all the same.
    const letters = typed.text.toJSON()
    const shown = textAt(doc, place)
    const change = letters.startsWith(shown) ? splice : spliceBetween(letters, spliced(shown, splice))
    if (change && applySplice(typed.text, change) && item) keep(doc, item)
    return true
  })
}

/** Types what makes `after` of `before`, whatever the text has become since it was `before`. */
export function retypeText(
  doc: Y.Doc,
  place: TextPlace,
  before: string,
  after: string,
  origin?: unknown,
): boolean {
  const change = spliceBetween(before, after)
  const changes = change ? rebased(change, spliceBetween(before, textAt(doc, place))) : []
  return changes.every((one) => editText(doc, place, one, origin))
}

/** The text as it stands this very moment; empty where there is none. */
export function textAt(doc: Y.Doc, place: TextPlace): string {
  if ('flow' in place) return readMeta(metaOf(doc))[place.flow]
  const found = find(doc, place)
  const value = found ? valueAt(found.map, found.field, found.most) : undefined
  return typeof value === 'string' ? value : ''
}
