import type { Edge, Node } from '@vue-flow/core'
import type { Flow, NodeManifest } from '#graph'
import { NO_COUNTS, type NodeCounts } from '../run/lanes.ts'

export interface NodeFacts {
  title: string
  kind: string
  icon: string
  lines: string[]
  state: 'plain' | 'planned' | 'running' | 'done' | 'failed'
  counts: NodeCounts | null
}

const keyOf = ({ type, version }: { type: string; version: number }) => `${type}@${version}`

/** A flow as Vue Flow draws it, coloured by how far each node is when a run gives counts. */
export function drawingOf(
  flow: Flow,
  manifests: readonly NodeManifest[],
  counts?: Record<string, NodeCounts>,
) {
  const known = new Map(manifests.map((manifest) => [keyOf(manifest), manifest]))
  const nodes: Node<NodeFacts>[] = flow.nodes.map((node) => {
    const manifest = known.get(keyOf(node))
    const own = counts ? (counts[node.id] ?? NO_COUNTS) : null
    return {
      id: node.id,
      type: 'fact',
      position: node.position,
      data: {
        title: node.title ?? manifest?.title ?? node.type,
        kind: manifest?.title ?? node.type,
        icon: manifest?.icon ?? '',
        lines: agentsOf(node.config),
        state: own ? stateOf(own) : 'plain',
        counts: own,
      },
      ariaLabel: node.title ?? manifest?.title ?? node.type,
    }
  })
  const running = new Set(nodes.filter(({ data }) => data?.state === 'running').map(({ id }) => id))
  const edges: Edge[] = flow.edges.map(({ id, source, target }) => ({
    id,
    source: source.node,
    target: target.node,
    animated: running.has(target.node),
  }))
  return { nodes, edges }
}

/** With the counts of each sub-flow: those of all that it holds, added up. */
export function summed(
  counts: Record<string, NodeCounts>,
  content: ReadonlyMap<string, ReadonlySet<string>>,
): Record<string, NodeCounts> {
  const sums = [...content].map(([id, inner]): [string, NodeCounts] => {
    const sum = { ...NO_COUNTS }
    for (const one of inner) {
      const count = counts[one] ?? NO_COUNTS
      for (const key of Object.keys(sum) as (keyof NodeCounts)[]) sum[key] += count[key]
    }
    return [id, sum]
  })
  return { ...counts, ...Object.fromEntries(sums) }
}

const NODE_WIDTH_PX = 280
const NODE_HEIGHT_PX = 84
const MARGIN_PX = 60

/** Width over height of the drawing with some room around it. */
export function shapeOf({ nodes }: Flow): number {
  const xs = nodes.map(({ position }) => position.x)
  const ys = nodes.map(({ position }) => position.y)
  const width = span(xs) + NODE_WIDTH_PX + 2 * MARGIN_PX
  const height = span(ys) + NODE_HEIGHT_PX + 2 * MARGIN_PX
  return Math.min(Math.max(width / height, 1.4), 6)
}

const span = (values: number[]) => (values.length === 0 ? 0 : Math.max(...values) - Math.min(...values))

function stateOf({ total, ended, succeeded, running, failed }: NodeCounts): NodeFacts['state'] {
  if (failed > 0) return 'failed'
  if (running > 0 || (succeeded > 0 && ended < total)) return 'running'
  return succeeded > 0 ? 'done' : 'planned'
}

/** The agents that a node's configuration names, whichever field holds them. */
function agentsOf(config: Flow['nodes'][number]['config']): string[] {
  return Object.values(config).flatMap((value) => {
    const choices: unknown[] = Array.isArray(value) ? value : [value]
    return choices.flatMap((choice) =>
      typeof choice === 'object' && choice !== null && 'agent' in choice ? [String(choice.agent)] : [],
    )
  })
}
