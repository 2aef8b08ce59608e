import type { Flow, FlowDiff } from '#graph'
import type { Mark } from './scene-nodes.ts'

/** A difference by the ids of what it concerns, with what is to be drawn although it is gone. */
export interface Marks {
  nodes: Map<string, Mark>
  edges: Map<string, Mark>
  notes: Map<string, Mark>
  removedNodes: Flow['nodes']
  removedEdges: Flow['edges']
}

export function marksOf({ nodes, edges, notes }: FlowDiff): Marks {
  return {
    nodes: marked(nodes),
    edges: marked(edges),
    notes: marked(notes),
    removedNodes: nodes.removed,
    removedEdges: edges.removed,
  }
}

function marked(part: {
  added: { id: string }[]
  changed: { id: string }[]
  moved?: { id: string }[]
}): Map<string, Mark> {
  const marks = new Map<string, Mark>()
  for (const { id } of part.moved ?? []) marks.set(id, 'moved')
  for (const { id } of part.changed) marks.set(id, 'changed')
  for (const { id } of part.added) marks.set(id, 'added')
  return marks
}
