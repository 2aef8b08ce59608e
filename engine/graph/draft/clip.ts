import type * as Y from 'yjs'
import { z } from 'zod'
import { PressroomError } from '../errors.ts'
import {
  type Flow,
  MAX_EDGES,
  MAX_NODES,
  flowEdgeSchema,
  flowNodeSchema,
  flowNoteSchema,
  flowGroupSchema,
} from '../flow.ts'
import { putGroup, putNote } from './annotate.ts'
import { type Point, putEdge, putNode } from './edit.ts'
import { type ItemKind, edit, freshId, nextOrder } from './shape.ts'

export const clipSchema = z.strictObject({
  pressroom: z.literal('clip'),
  schemaVersion: z.literal(1),
  nodes: z.array(flowNodeSchema).max(MAX_NODES),
  edges: z.array(flowEdgeSchema).max(MAX_EDGES),
  notes: z.array(flowNoteSchema).max(1_000),
  groups: z.array(flowGroupSchema).max(1_000),
})
export type ClipContent = z.infer<typeof clipSchema>

/** Part of a flow as JSON text: what lies on the clipboard and travels between flows, tabs and people. */
export type Clip = string

/** The nodes and notes of these ids, the edges between them and the groups that lie wholly among them. */
export function clipOf(flow: Flow, ids: Iterable<string>): Clip {
  const chosen = new Set(ids)
  const groups = flow.groups.filter(
    ({ id, nodes }) => nodes.length > 0 && (chosen.has(id) || nodes.every((node) => chosen.has(node))),
  )
  for (const group of groups) for (const node of group.nodes) chosen.add(node)
  const content: ClipContent = {
    pressroom: 'clip',
    schemaVersion: 1,
    nodes: flow.nodes.filter((node) => chosen.has(node.id)),
    edges: flow.edges.filter((edge) => chosen.has(edge.source.node) && chosen.has(edge.target.node)),
    notes: flow.notes.filter((note) => chosen.has(note.id)),
    groups,
  }
  return JSON.stringify(content, null, 2)
}

/** Null where a text is not a clip, such as whatever else lies on the clipboard. */
export function readClip(text: string): ClipContent | null {
  try {
    const parsed = clipSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null
    throw thrown
  }
}

/** Puts a clip down with its top left corner at a point. Everything in it gets a new id. */
export function pasteClip(
  doc: Y.Doc,
  clip: Clip,
  at: Point,
  origin?: unknown,
): { nodes: string[]; notes: string[] } {
  const content = readClip(clip)
  if (!content) {
    throw new PressroomError({
      code: 'clip.unreadable',
      message: 'What was pasted is not part of a flow.',
      fix: 'Copy nodes on a canvas first, then paste.',
    })
  }
  return edit(doc, origin, null, () => put(doc, content, at))
}

function put(doc: Y.Doc, { nodes, edges, notes, groups }: ClipContent, at: Point) {
  const positions = [...nodes, ...notes].map((item) => item.position)
  const [left, top] = [least(positions.map(({ x }) => x)), least(positions.map(({ y }) => y))]
  const moved = ({ x, y }: Point): Point => ({ x: x - left + at.x, y: y - top + at.y })

  let index = 0
  const ids = (items: readonly { id: string }[], prefixOf: (place: number) => string) =>
    new Map(items.map((item, place) => [item.id, freshId(doc, prefixOf(place), index++)]))
  const nodeIds = ids(nodes, (place) => nodes[place]?.type ?? 'n')
  const noteIds = ids(notes, () => 'note')
  const edgeIds = ids(edges, () => 'e')
  const groupIds = ids(groups, () => 'group')

  const order = (kind: ItemKind) => {
    let next = nextOrder(doc, kind)
    return () => next++
  }
  const [nodeOrder, noteOrder] = [order('nodes'), order('notes')]
  const [edgeOrder, groupOrder] = [order('edges'), order('groups')]
  for (const node of nodes) {
    const id = nodeIds.get(node.id)
    if (id) putNode(doc, { ...node, id, position: moved(node.position) }, nodeOrder())
  }
  for (const note of notes) {
    const id = noteIds.get(note.id)
    if (id) putNote(doc, { ...note, id, position: moved(note.position) }, noteOrder())
  }
  for (const edge of edges) {
    const [id, source, target] = [
      edgeIds.get(edge.id),
      nodeIds.get(edge.source.node),
      nodeIds.get(edge.target.node),
    ]
    if (!id || !source || !target) continue
    const ends = { source: { ...edge.source, node: source }, target: { ...edge.target, node: target } }
    putEdge(doc, { id, ...ends }, edgeOrder())
  }
  for (const group of groups) {
    const members = group.nodes.map((node) => nodeIds.get(node)).filter((id) => id !== undefined)
    const id = groupIds.get(group.id)
    if (id && members.length > 0) putGroup(doc, { ...group, id, nodes: members }, groupOrder())
  }
  return { nodes: [...nodeIds.values()], notes: [...noteIds.values()] }
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? 0)
