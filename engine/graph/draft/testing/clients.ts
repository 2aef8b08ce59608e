/** Several people at one draft, whose changes travel only when a test says so; and every edit that they can make. */
import fc from 'fast-check'
import * as Y from 'yjs'
import type { Flow } from '../../flow.ts'
import {
  type TextPlace,
  addGroup,
  addNode,
  addNote,
  clipOf,
  collapse,
  connect,
  dissolve,
  draftUpdateOf,
  editText,
  flowOf,
  insertOnEdge,
  moveInto,
  moveNodes,
  pasteClip,
  removeItems,
  setConfig,
  setGroup,
  setMeta,
  setNode,
  setNote,
  textAt,
  undoManagerOf,
} from '../index.ts'
import { endsOf } from '../read.ts'
import { storedItem } from '../shape.ts'

export interface Client {
  name: string
  doc: Y.Doc
  origin: object
  undo: Y.UndoManager
}

export function clientsAt(flow: Flow, names: readonly string[]): Client[] {
  const update = draftUpdateOf(flow)
  return names.map((name, index) => {
    const doc = new Y.Doc()
    doc.clientID = 1_000 + index
    Y.applyUpdate(doc, update)
    const origin = { name }
    return { name, doc, origin, undo: undoManagerOf(doc, origin) }
  })
}

export function send(from: Y.Doc, to: Y.Doc): void {
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'network')
}

export function meet(docs: readonly Y.Doc[]): void {
  for (const from of docs) for (const to of docs) if (from !== to) send(from, to)
}

/** What can be seen in a draft; `removed` tells whether somebody took an edge away that another may double. */
export interface Sight {
  flow: Flow
  removed: (edge: string) => boolean
}

export const sightOf = (doc: Y.Doc): Sight => ({
  flow: flowOf(doc),
  removed(edge) {
    const item = storedItem(doc, 'edges', edge)
    return item !== null && [...item.keys()].some((key) => key.startsWith('removed:'))
  },
})

/** A document that has seen what all of them have, without their seeing each other. */
export function merged(docs: readonly Y.Doc[]): Y.Doc {
  const doc = new Y.Doc()
  for (const from of docs) send(from, doc)
  return doc
}

/** Something that a person did and that can be seen in the flow. */
export interface Fact {
  by: string
  says: string
  /** A value of a field, of which two written at once leave one; everything else stays whoever does what. */
  isValue: boolean
  holds: (sight: Sight) => boolean
}

const KINDS = [
  'add',
  'move',
  'config',
  'title',
  'connect',
  'insert',
  'remove',
  'cut',
  'note',
  'write',
  'group',
  'members',
  'name',
  'paste',
  'type',
  'erase',
  'collapse',
  'into',
  'dissolve',
  'drop',
] as const

/** Texts that people only ever type into; a whole new value takes the place of all letters that its writer saw. */
const typedPlace = (node: string, b: number): TextPlace =>
  b % 2 === 0 ? { node, field: 'annotation' } : { node, config: 'prompt', required: false }

export type Edit = { what: (typeof KINDS)[number]; a: number; b: number }
export const anyEdit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(...KINDS),
  a: fc.oneof(fc.nat(2), fc.nat(30)),
  b: fc.oneof(fc.nat(2), fc.nat(30)),
})

/** Counted from the end: what was made last is what people work on. */
const pick = <T>(list: readonly T[], index: number): T | undefined =>
  list.at(-1 - (index % Math.max(1, list.length)))

/** Of characters that nobody else types and JSON does not escape. */
export const lettersOf = (unique: number): string =>
  String.fromCodePoint(...[0, 1, 2].map((place) => 0x4e00 + unique * 3 + place))

/** Does the edit with a value that nobody else writes; the facts are what an observer can hold it to. */
export function perform({ doc, origin, name }: Client, { what, a, b }: Edit, unique: number): Fact[] {
  const flow = flowOf(doc)
  const [node, other] = [pick(flow.nodes, a), pick(flow.nodes, b)]
  const [edge, note, group] = [pick(flow.edges, a), pick(flow.notes, a), pick(flow.groups, a)]
  const subflow = pick(flow.subflows, b)
  const text = `${name} ${unique}`
  const position = { x: unique, y: -unique }
  const isValue = ['move', 'config', 'title', 'write', 'name'].includes(what)
  const fact = (says: string, holds: Fact['holds']): Fact[] => [
    { by: name, says: `${text}: ${says}`, isValue, holds },
  ]
  const nodeIn =
    (id: string) =>
    ({ flow: now }: Sight) =>
      now.nodes.find((one) => one.id === id)
  /** Whoever works on a node or a note can count on its staying. */
  const stays = (id: string): Fact => ({
    by: name,
    says: `${text}: worked on ${id}`,
    isValue: false,
    holds: ({ flow: now }) => [...now.nodes, ...now.notes].some((one) => one.id === id),
  })
  const made = { type: 'each', version: 1, position }

  switch (what) {
    case 'add': {
      const id = addNode(doc, { ...made, config: { text }, title: text }, origin)
      return fact(`added ${id}`, (now) => nodeIn(id)(now) !== undefined)
    }
    case 'move':
      if (!node) return []
      moveNodes(doc, [{ id: node.id, ...position }], origin)
      return [
        stays(node.id),
        ...fact(`moved ${node.id}`, (now) => nodeIn(node.id)(now)?.position.x === unique),
      ]
    case 'config': {
      if (!node) return []
      const field = b % 2 === 0 ? 'text' : 'more'
      setConfig(doc, node.id, field, { text }, origin)
      return [
        stays(node.id),
        ...fact(`set ${field} of ${node.id}`, (now) => {
          const value = nodeIn(node.id)(now)?.config[field]
          return typeof value === 'object' && value !== null && 'text' in value && value.text === text
        }),
      ]
    }
    case 'title':
      if (!node) return []
      setNode(doc, node.id, { title: text, disabled: b % 2 === 0 }, origin)
      return [stays(node.id), ...fact(`named ${node.id}`, (now) => nodeIn(node.id)(now)?.title === text)]
    case 'connect': {
      if (!node || !other) return []
      const [source, target] = [
        { node: node.id, port: 'out' },
        { node: other.id, port: 'in' },
      ]
      const id = connect(doc, source, target, origin)
      if (id === null) return []
      const ends = endsOf({ source, target })
      return fact(
        `connected ${node.id} to ${other.id}`,
        (now) => !now.removed(id) && now.flow.edges.some((one) => endsOf(one) === ends),
      )
    }
    case 'insert': {
      if (!edge) return []
      const id = insertOnEdge(doc, edge.id, { ...made, ports: { input: 'in', output: 'out' } }, origin)
      return fact(`put ${id} on ${edge.id}`, (now) => nodeIn(id)(now) !== undefined)
    }
    case 'remove':
      if (!node) return []
      removeItems(doc, { nodes: [node.id] }, origin)
      return fact(`removed ${node.id}`, (now) => nodeIn(node.id)(now) === undefined)
    case 'cut': {
      removeItems(
        doc,
        { edges: edge ? [edge.id] : [], notes: note ? [note.id] : [], groups: group ? [group.id] : [] },
        origin,
      )
      return fact('removed an edge, a note and a group', ({ flow: now }) =>
        [...now.edges, ...now.notes, ...now.groups].every(
          ({ id }) => id !== edge?.id && id !== note?.id && id !== group?.id,
        ),
      )
    }
    case 'note': {
      const id = addNote(doc, { text, position, width: 200, colour: 'amber' }, origin)
      return fact(`added ${id}`, ({ flow }) => flow.notes.some((one) => one.id === id))
    }
    case 'write':
      if (!note) return []
      setNote(doc, note.id, { text }, origin)
      return [
        stays(note.id),
        ...fact(`wrote ${note.id}`, ({ flow }) => flow.notes.some((one) => one.text === text)),
      ]
    case 'group': {
      if (!node || !other) return []
      const id = addGroup(doc, { title: text, nodes: [node.id, other.id] }, origin)
      return fact(`grouped ${id}`, ({ flow }) => flow.groups.find((one) => one.id === id)?.title === text)
    }
    case 'members':
      if (!group || !node || group.nodes.includes(node.id)) return []
      setGroup(doc, group.id, { nodes: [...group.nodes, node.id] }, origin)
      return fact(`put ${node.id} into ${group.id}`, ({ flow: now }) =>
        now.groups.some((one) => one.id === group.id && one.nodes.includes(node.id)),
      )
    case 'name':
      setMeta(doc, { name: text }, origin)
      return fact('named the flow', ({ flow }) => flow.name === text)
    case 'paste': {
      const clip = clipOf(
        flow,
        [node, other].filter((one) => one !== undefined).map((one) => one.id),
      )
      const { nodes } = pasteClip(doc, clip, position, origin)
      return fact('pasted', (now) => nodes.every((id) => nodeIn(id)(now) !== undefined))
    }
    case 'type': {
      if (!node) return []
      const place = typedPlace(node.id, b)
      const typed = lettersOf(unique)
      const at = b % (textAt(doc, place).length + 1)
      editText(doc, place, { at, remove: 0, insert: typed }, origin)
      const letters = Array.from(typed).flatMap((letter) =>
        fact(`typed a letter in ${node.id}`, (now) =>
          JSON.stringify(nodeIn(node.id)(now) ?? '').includes(letter),
        ),
      )
      return [stays(node.id), ...letters]
    }
    case 'erase': {
      if (!node) return []
      const place = typedPlace(node.id, b)
      const { length } = textAt(doc, place)
      const at = b % (length + 1)
      editText(doc, place, { at, remove: Math.min(3, length - at), insert: '' }, origin)
      return length === at ? [] : [stays(node.id)]
    }
    case 'collapse': {
      const inner = a % 3 === 0 ? pick(flow.subflows, a) : undefined
      const items = {
        nodes: node ? [node.id] : [],
        notes: note ? [note.id] : [],
        subflows: inner ? [inner.id] : [],
      }
      const id = collapse(doc, items, { title: text, position }, origin)
      if (id === null) return []
      return fact(`collapsed ${id}`, ({ flow: now }) =>
        now.subflows.some((one) => one.id === id && one.title === text),
      )
    }
    case 'into':
      if (!node || !subflow || node.subflow === subflow.id) return []
      moveInto(doc, { nodes: [node.id] }, subflow.id, origin)
      return [
        stays(node.id),
        ...fact(`worked in ${subflow.id}`, ({ flow: now }) =>
          now.subflows.some((one) => one.id === subflow.id),
        ),
      ]
    case 'dissolve':
    case 'drop': {
      if (!subflow) return []
      if (what === 'dissolve') dissolve(doc, subflow.id, origin)
      else removeItems(doc, { subflows: [subflow.id] }, origin)
      return fact(`removed ${subflow.id}`, ({ flow: now }) =>
        now.subflows.every((one) => one.id !== subflow.id),
      )
    }
  }
}
