import type { Flow, FlowSubflow } from './flow.ts'

type Nested = Pick<FlowSubflow, 'id' | 'parent'>

/** The sub-flow that each lies in. Null is the top level, where also those lie that would lie in themselves. */
export function parentsOf(subflows: readonly Nested[]): Map<string, string | null> {
  const known = new Map(subflows.map((subflow) => [subflow.id, subflow]))
  return new Map(
    subflows.map(({ id, parent }) => [
      id,
      parent !== undefined && known.has(parent) && !isInItself(known, id) ? parent : null,
    ]),
  )
}

function isInItself(known: ReadonlyMap<string, Nested>, id: string): boolean {
  const seen = new Set<string>()
  let at = known.get(id)?.parent
  while (at !== undefined && at !== id && !seen.has(at)) {
    seen.add(at)
    at = known.get(at)?.parent
  }
  return at === id
}

/** From the outermost sub-flow to this one; empty where there is no such sub-flow. */
export function pathTo(flow: Pick<Flow, 'subflows'>, id: string | null): FlowSubflow[] {
  const parents = parentsOf(flow.subflows)
  const byId = new Map(flow.subflows.map((subflow) => [subflow.id, subflow]))
  const path: FlowSubflow[] = []
  for (let at = byId.get(id ?? ''); at; at = byId.get(parents.get(at.id) ?? '')) path.unshift(at)
  return path
}

export interface Content {
  nodes: string[]
  notes: string[]
  subflows: string[]
}

/** What lies in these sub-flows at any depth, and they themselves. */
export function contentOf(flow: Pick<Flow, 'nodes' | 'notes' | 'subflows'>, ids: Iterable<string>): Content {
  const parents = parentsOf(flow.subflows)
  const inside = new Set<string>()
  const open = [...ids].filter((id) => parents.has(id))
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (inside.has(id)) continue
    inside.add(id)
    for (const [child, parent] of parents) if (parent === id) open.push(child)
  }
  const lies = ({ subflow }: { subflow?: string | undefined }) => subflow !== undefined && inside.has(subflow)
  return {
    nodes: flow.nodes.filter(lies).map(({ id }) => id),
    notes: flow.notes.filter(lies).map(({ id }) => id),
    subflows: [...inside],
  }
}
