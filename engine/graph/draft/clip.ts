import type * as Y from 'yjs'
import { z } from 'zod'
import { PressroomError } from '../errors.ts'
import {
  type Flow,
  MAX_EDGES,
  MAX_GROUPS,
  MAX_NODES,
  MAX_NOTES,
  MAX_SUBFLOWS,
  flowEdgeSchema,
  flowNodeSchema,
  flowNoteSchema,
  flowGroupSchema,
  flowSubflowSchema,
} from '../flow.ts'
import { contentOf, parentsOf } from '../levels.ts'
import { putGroup, putNote } from './annotate.ts'
import { type Point, putEdge, putNode } from './edit.ts'
import { type ItemKind, edit, freshId, nextOrder } from './shape.ts'
import { putSubflow } from './subflows.ts'

export const clipSchema = z.strictObject({
  pressroom: z.literal('clip'),
  schemaVersion: z.literal(1),
  nodes: z.array(flowNodeSchema).max(MAX_NODES),
  edges: z.array(flowEdgeSchema).max(MAX_EDGES),
  notes: z.array(flowNoteSchema).max(MAX_NOTES),
  groups: z.array(flowGroupSchema).max(MAX_GROUPS),
  subflows: z.array(flowSubflowSchema).max(MAX_SUBFLOWS).default([]),
})
export type ClipContent = z.infer<typeof clipSchema>

/** Part of a flow as JSON text: what lies on the clipboard and travels between flows, tabs and people. */
export type Clip = string

/** The nodes, notes and sub-flows of these ids with all that lies inside, edges between them, groups wholly among them. */
export function clipOf(flow: Flow, ids: Iterable<string>): Clip {
  const chosen = new Set(ids)
  const inside = contentOf(flow, chosen)
  for (const id of [...inside.nodes, ...inside.notes, ...inside.subflows]) chosen.add(id)
  const groups = flow.groups.filter(
    ({ id, nodes }) => nodes.length > 0 && (chosen.has(id) || nodes.every((node) => chosen.has(node))),
  )
  for (const group of groups) for (const node of group.nodes) chosen.add(node)
  /** What a clip's sub-flow was in does not matter where it is put down. */
  const level = (subflow: string | undefined) => ({
    subflow: subflow !== undefined && chosen.has(subflow) ? subflow : undefined,
  })
  const content: ClipContent = {
    pressroom: 'clip',
    schemaVersion: 1,
    nodes: flow.nodes
      .filter((node) => chosen.has(node.id))
      .map((node) => ({ ...node, ...level(node.subflow) })),
    edges: flow.edges.filter((edge) => chosen.has(edge.source.node) && chosen.has(edge.target.node)),
    notes: flow.notes
      .filter((note) => chosen.has(note.id))
      .map((note) => ({ ...note, ...level(note.subflow) })),
    groups,
    subflows: flow.subflows
      .filter(({ id }) => chosen.has(id))
      .map((subflow) => ({ ...subflow, parent: level(subflow.parent).subflow })),
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

export interface Pasted {
  nodes: string[]
  notes: string[]
  subflows: string[]
  /** Those of them that lie where the clip was put down, not in one of its sub-flows. */
  outermost: string[]
}

/** Puts a clip down with its top left corner at a point, in a sub-flow or on the top level. All of it gets new ids. */
export function pasteClip(
  doc: Y.Doc,
  clip: Clip,
  at: Point,
  origin?: unknown,
  into: string | null = null,
): Pasted {
  const content = readClip(clip)
  if (!content) {
    throw new PressroomError({
      code: 'clip.unreadable',
      message: 'What was pasted is not part of a flow.',
      fix: 'Copy nodes on a canvas first, then paste.',
    })
  }
  return edit(doc, origin, null, () => put(doc, content, at, into ?? undefined))
}

function put(doc: Y.Doc, content: ClipContent, at: Point, into: string | undefined): Pasted {
  const { nodes, edges, notes, groups, subflows } = content
  let index = 0
  const ids = (items: readonly { id: string }[], prefixOf: (place: number) => string) =>
    new Map(items.map((item, place) => [item.id, freshId(doc, prefixOf(place), index++)]))
  const nodeIds = ids(nodes, (place) => nodes[place]?.type ?? 'n')
  const noteIds = ids(notes, () => 'note')
  const edgeIds = ids(edges, () => 'e')
  const groupIds = ids(groups, () => 'group')
  const subflowIds = ids(subflows, () => 'subflow')

  const parents = parentsOf(subflows)
  const innerOf = (level: string | null | undefined) => subflowIds.get(level ?? '')
  const placed = [
    ...nodes.map(({ id, position, subflow }) => ({ id: nodeIds.get(id), position, level: innerOf(subflow) })),
    ...notes.map(({ id, position, subflow }) => ({ id: noteIds.get(id), position, level: innerOf(subflow) })),
    ...subflows.map(({ id, position }) => ({
      id: subflowIds.get(id),
      position,
      level: innerOf(parents.get(id)),
    })),
  ]
  const outer = placed.filter(({ level }) => level === undefined)
  const [left, top] = [
    least(outer.map((item) => item.position.x)),
    least(outer.map((item) => item.position.y)),
  ]
  /** What lies in one of the clip's own sub-flows keeps its place there. */
  const spot = (level: string | undefined, { x, y }: Point): Point =>
    level === undefined ? { x: x - left + at.x, y: y - top + at.y } : { x, y }

  const order = (kind: ItemKind) => {
    let next = nextOrder(doc, kind)
    return () => next++
  }
  const [nodeOrder, noteOrder, subflowOrder] = [order('nodes'), order('notes'), order('subflows')]
  const [edgeOrder, groupOrder] = [order('edges'), order('groups')]
  for (const subflow of subflows) {
    const [id, level] = [subflowIds.get(subflow.id), innerOf(parents.get(subflow.id))]
    const position = spot(level, subflow.position)
    if (id) putSubflow(doc, { ...subflow, id, position, parent: level ?? into }, subflowOrder())
  }
  for (const node of nodes) {
    const [id, level] = [nodeIds.get(node.id), innerOf(node.subflow)]
    const position = spot(level, node.position)
    if (id) putNode(doc, { ...node, id, position, subflow: level ?? into }, nodeOrder())
  }
  for (const note of notes) {
    const [id, level] = [noteIds.get(note.id), innerOf(note.subflow)]
    const position = spot(level, note.position)
    if (id) putNote(doc, { ...note, id, position, subflow: level ?? into }, noteOrder())
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
  return {
    nodes: [...nodeIds.values()],
    notes: [...noteIds.values()],
    subflows: [...subflowIds.values()],
    outermost: outer.map(({ id }) => id).filter((id) => id !== undefined),
  }
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? 0)
