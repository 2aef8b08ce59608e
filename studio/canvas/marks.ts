import type { Flow, FlowDiff } from '#graph'
import type { Mark } from './scene-nodes.ts'

/** A difference by the ids of what it concerns, with what is to be drawn although it is gone. */
export interface Marks {
  nodes: Map<string, Mark>
  edges: Map<string, Mark>
  notes: Map<string, Mark>
  groups: Map<string, Mark>
  subflows: Map<string, Mark>
  removed: Removed
}
type Removed = Pick<Flow, 'nodes' | 'edges' | 'notes' | 'groups' | 'subflows'>

/** A sign and a word beside the colour, for those who can't tell the colours apart. */
export const MARK_SIGNS: Record<Mark, { sign: string; word: string }> = {
  added: { sign: '+', word: 'Added' },
  removed: { sign: '−', word: 'Removed' },
  changed: { sign: '≠', word: 'Changed' },
  moved: { sign: '→', word: 'Moved' },
}

export const marksOf = (diff: FlowDiff): Marks => ({
  nodes: marked(diff.nodes),
  edges: marked(diff.edges),
  notes: marked(diff.notes),
  groups: marked(diff.groups),
  subflows: marked(diff.subflows),
  removed: removedFrom(diff),
})

const removedFrom = ({ nodes, edges, notes, groups, subflows }: FlowDiff): Removed => ({
  nodes: nodes.removed,
  edges: edges.removed,
  notes: notes.removed,
  groups: groups.removed,
  subflows: subflows.removed,
})

/** What a difference took away lies where it lay. */
export function withGhosts(flow: Flow, diff: FlowDiff): Flow {
  const gone = removedFrom(diff)
  return {
    ...flow,
    nodes: [...flow.nodes, ...gone.nodes],
    edges: [...flow.edges, ...gone.edges],
    notes: [...flow.notes, ...gone.notes],
    groups: [...flow.groups, ...gone.groups],
    subflows: [...flow.subflows, ...gone.subflows],
  }
}

/** What differs, in the order in which it is listed beside the canvas; each once. */
export function differencesOf(diff: FlowDiff): { id: string; mark: Mark }[] {
  return [diff.nodes, diff.edges, diff.notes, diff.groups, diff.subflows].flatMap((part) => {
    const gone = part.removed.map(({ id }): { id: string; mark: Mark } => ({ id, mark: 'removed' }))
    return [...[...marked(part)].map(([id, mark]) => ({ id, mark })), ...gone]
  })
}

/** Who only went to another level has moved. */
const PLACES = new Set(['subflow', 'parent'])

function marked(part: {
  added: { id: string }[]
  changed: { id: string; fields: { path: string }[] }[]
  moved: { id: string }[]
}): Map<string, Mark> {
  const marks = new Map<string, Mark>()
  for (const { id } of part.moved) marks.set(id, 'moved')
  for (const { id, fields } of part.changed) {
    marks.set(id, fields.every(({ path }) => PLACES.has(path)) ? 'moved' : 'changed')
  }
  for (const { id } of part.added) marks.set(id, 'added')
  return marks
}
