/** Several people at one draft, whose changes travel only when a test says so; and every edit that they can make. */
import fc from 'fast-check'
import * as Y from 'yjs'
import type { Flow } from '../../flow.ts'
import {
  addGroup,
  addNode,
  addNote,
  clipOf,
  connect,
  draftUpdateOf,
  flowOf,
  insertOnEdge,
  moveNodes,
  pasteClip,
  removeItems,
  setConfig,
  setGroup,
  setMeta,
  setNode,
  setNote,
  undoManagerOf,
} from '../index.ts'

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

/** A document that has seen what all of them have, without their seeing each other. */
export function merged(docs: readonly Y.Doc[]): Flow {
  const doc = new Y.Doc()
  for (const from of docs) send(from, doc)
  const flow = flowOf(doc)
  doc.destroy()
  return flow
}

/** Something that a person did and that can be seen in the flow. */
export interface Fact {
  by: string
  says: string
  /** A value of a field, of which two written at once leave one; everything else stays whoever does what. */
  isValue: boolean
  holds: (flow: Flow) => boolean
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
] as const

export type Edit = { what: (typeof KINDS)[number]; a: number; b: number }
export const anyEdit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(...KINDS),
  a: fc.oneof(fc.nat(2), fc.nat(30)),
  b: fc.oneof(fc.nat(2), fc.nat(30)),
})

/** Counted from the end: what was made last is what people work on. */
const pick = <T>(list: readonly T[], index: number): T | undefined =>
  list.at(-1 - (index % Math.max(1, list.length)))

/** Does the edit with a value that nobody else writes; the facts are what an observer can hold it to. */
export function perform({ doc, origin, name }: Client, { what, a, b }: Edit, unique: number): Fact[] {
  const flow = flowOf(doc)
  const [node, other] = [pick(flow.nodes, a), pick(flow.nodes, b)]
  const [edge, note, group] = [pick(flow.edges, a), pick(flow.notes, a), pick(flow.groups, a)]
  const text = `${name} ${unique}`
  const position = { x: unique, y: -unique }
  const isValue = ['move', 'config', 'title', 'write', 'name'].includes(what)
  const fact = (says: string, holds: Fact['holds']): Fact[] => [
    { by: name, says: `${text}: ${says}`, isValue, holds },
  ]
  const nodeIn = (id: string) => (now: Flow) => now.nodes.find((one) => one.id === id)
  /** Whoever works on a node or a note can count on its staying. */
  const stays = (id: string): Fact => ({
    by: name,
    says: `${text}: worked on ${id}`,
    isValue: false,
    holds: (now) => [...now.nodes, ...now.notes].some((one) => one.id === id),
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
      if (connect(doc, source, target, origin) === null) return []
      return fact(`connected ${node.id} to ${other.id}`, (now) =>
        now.edges.some((one) => one.source.node === node.id && one.target.node === other.id),
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
      return fact('removed an edge, a note and a group', (now) =>
        [...now.edges, ...now.notes, ...now.groups].every(
          ({ id }) => id !== edge?.id && id !== note?.id && id !== group?.id,
        ),
      )
    }
    case 'note': {
      const id = addNote(doc, { text, position, width: 200, colour: 'amber' }, origin)
      return fact(`added ${id}`, (now) => now.notes.some((one) => one.id === id))
    }
    case 'write':
      if (!note) return []
      setNote(doc, note.id, { text }, origin)
      return [
        stays(note.id),
        ...fact(`wrote ${note.id}`, (now) => now.notes.some((one) => one.text === text)),
      ]
    case 'group': {
      if (!node || !other) return []
      const id = addGroup(doc, { title: text, nodes: [node.id, other.id] }, origin)
      return fact(`grouped ${id}`, (now) => now.groups.find((one) => one.id === id)?.title === text)
    }
    case 'members':
      if (!group || !node || group.nodes.includes(node.id)) return []
      setGroup(doc, group.id, { nodes: [...group.nodes, node.id] }, origin)
      return fact(`put ${node.id} into ${group.id}`, (now) =>
        now.groups.some((one) => one.id === group.id && one.nodes.includes(node.id)),
      )
    case 'name':
      setMeta(doc, { name: text }, origin)
      return fact('named the flow', (now) => now.name === text)
    case 'paste': {
      const clip = clipOf(
        flow,
        [node, other].filter((one) => one !== undefined).map((one) => one.id),
      )
      const { nodes } = pasteClip(doc, clip, position, origin)
      return fact('pasted', (now) => nodes.every((id) => nodeIn(id)(now) !== undefined))
    }
  }
}
