import ELK, { type ELK as Elk, type ElkNode } from 'elkjs/lib/elk-api.js'
import { type Flow, type NodeManifest, manifestFor } from '#graph'
import type { Move } from './arrange.ts'
import { GRID_PX, NODE_WIDTH_PX, around, boxOf, nodeHeight } from './sizes.ts'

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '48',
  'elk.layered.spacing.nodeNodeBetweenLayers': '96',
  'elk.spacing.componentComponent': '80',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}
/** The nicer placement takes half a minute for a thousand nodes; the other one two seconds. */
const MANY_NODES = 200
const placementOf = (nodes: number) => ({
  'elk.layered.nodePlacement.strategy': nodes > MANY_NODES ? 'BRANDES_KOEPF' : 'NETWORK_SIMPLEX',
})

let elk: Elk | null = null

/** Sets the nodes out in layers from left to right, in a worker; where the drawing began, it begins again. */
export async function laidOut(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  only: ReadonlySet<string>,
): Promise<Move[]> {
  elk ??= new ELK({
    workerFactory: () => new Worker(new URL('elkjs/lib/elk-worker.min.js', import.meta.url)),
  })
  const { children = [] } = await elk.layout(elkGraph(flow, manifests, only))
  return movesOf(flow, manifests, children, only)
}

export function elkGraph(flow: Flow, manifests: Record<string, NodeManifest>, only: ReadonlySet<string>) {
  const isIn = (id: string) => only.size === 0 || only.has(id)
  const nodes = flow.nodes.filter(({ id }) => isIn(id))
  return {
    id: 'flow',
    layoutOptions: { ...OPTIONS, ...placementOf(nodes.length) },
    children: nodes.map((node) => ({
      id: node.id,
      width: NODE_WIDTH_PX,
      height: nodeHeight(manifestFor(node, manifests)),
    })),
    edges: flow.edges
      .filter(({ source, target }) => isIn(source.node) && isIn(target.node))
      .map(({ id, source, target }) => ({ id, sources: [source.node], targets: [target.node] })),
  }
}

/** Only nodes that really move. */
export function movesOf(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  placed: readonly ElkNode[],
  only: ReadonlySet<string>,
): Move[] {
  const old = new Map(flow.nodes.map((node) => [node.id, node]))
  const moved = flow.nodes.filter(({ id }) => only.size === 0 || only.has(id))
  const start = around(moved.map((node) => boxOf(node, manifestFor(node, manifests))))
  if (!start) return []
  const round = (value: number) => Math.round(value / GRID_PX) * GRID_PX
  return placed.flatMap(({ id, x = 0, y = 0 }) => {
    const node = old.get(id)
    const place = { x: round(start.x + x), y: round(start.y + y) }
    if (!node || (node.position.x === place.x && node.position.y === place.y)) return []
    return [{ id, ...place }]
  })
}
