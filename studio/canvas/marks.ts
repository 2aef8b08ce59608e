import type { Flow, FlowDiff } from '#graph'
import type { Mark } from './scene-nodes.ts'

/** A difference by the ids of what it concerns, with what is to be drawn although it is gone. */
export interface Marks {
  nodes: Map<string, Mark>
  edges: Map<string, Mark>
  notes: Map<string, Mark>
  groups: Map<string, Mark>
  removed: Pick<Flow, 'nodes' | 'edges' | 'notes' | 'groups'>
}

/** A sign and a word beside the colour, for those who can't tell the colours apart. */
export const MARK_SIGNS: Record<Mark, { sign: string; word: string }> = {
  added: { sign: '+', word: 'Added' },
  removed: { sign: '−', word: 'Removed' },
  changed: { sign: '≠', word: 'Changed' },
  moved: { sign: '→', word: 'Moved' },
}

export const marksOf = ({ nodes, edges, notes, groups }: FlowDiff): Marks => ({
  nodes: marked(nodes),
  edges: marked(edges),
  notes: marked(notes),
  groups: marked(groups),
  removed: {
    nodes: nodes.removed,
    edges: edges.removed,
    notes: notes.removed,
    groups: groups.removed,
  },
})

/** What differs, in the order in which it is listed beside the canvas; each once. */
export function differencesOf(diff: FlowDiff): { id: string; mark: Mark }[] {
  return [diff.nodes, diff.edges, diff.notes, diff.groups].flatMap((part) => {
    const gone = part.removed.map(({ id }): { id: string; mark: Mark } => ({ id, mark: 'removed' }))
    return [...[...marked(part)].map(([id, mark]) => ({ id, mark })), ...gone]
  })
}

function marked(part: {
  added: { id: string }[]
  changed: { id: string }[]
  moved: { id: string }[]
}): Map<string, Mark> {
  const marks = new Map<string, Mark>()
  for (const { id } of part.moved) marks.set(id, 'moved')
  for (const { id } of part.changed) marks.set(id, 'changed')
  for (const { id } of part.added) marks.set(id, 'added')
  return marks
}
