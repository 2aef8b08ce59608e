import { type Flow, type FlowEdge, type FlowNode, type NodeManifest, manifestFor } from '#graph'
import { titleOf } from './names.ts'
import { GAP_PX, around, boxOf } from './sizes.ts'
import { BORDER_PORT, type Border, withEnds } from './subflow-ends.ts'

const BORDER_WIDTH_PX = 190
const ROW_PX = 56

/** Stands for the nodes outside at the left and right of all that is inside, each beside what it is connected to. */
export function bordersOf(
  flow: Flow,
  here: Flow,
  manifests: Record<string, NodeManifest>,
  crossing: readonly FlowEdge[],
) {
  const inner = new Map(here.nodes.map((node) => [node.id, node]))
  const boxes = here.nodes.map((node) => boxOf(node, manifestFor(node, manifests)))
  const box = around([
    ...boxes,
    ...here.notes.map(({ position }) => ({ ...position, width: 220, height: 140 })),
  ])
  const borders = new Map<string, Border & { heights: number[] }>()
  const edges = crossing.map((edge) => {
    const side = inner.has(edge.target.node) ? 'from' : 'to'
    const [outer, own] = side === 'from' ? [edge.source, edge.target] : [edge.target, edge.source]
    const id = `${side}:${outer.node}`
    const border = borders.get(id) ?? { id, node: outer.node, side, heights: [] }
    border.heights.push(inner.get(own.node)?.position.y ?? 0)
    borders.set(id, border)
    const end = { node: id, port: BORDER_PORT }
    return side === 'from' ? withEnds(edge, end, edge.target) : withEnds(edge, edge.source, end)
  })
  const outer = new Map(flow.nodes.map((node) => [node.id, node]))
  const place = (side: Border['side'], x: number): FlowNode[] => {
    let free = -Infinity
    return [...borders.values()]
      .filter((border) => border.side === side)
      .map((border) => ({ border, y: mean(border.heights) }))
      .toSorted((a, b) => a.y - b.y)
      .map(({ border: { id, node: outside }, y }) => {
        const node = outer.get(outside)
        const at = Math.max(y, free)
        free = at + ROW_PX
        const title = node ? titleOf(node, manifestFor(node, manifests)) : outside
        return { id, type: `:${id}`, version: 1, title, position: { x, y: at }, config: {} }
      })
  }
  const nodes = box
    ? [...place('from', box.x - GAP_PX - BORDER_WIDTH_PX), ...place('to', box.x + box.width + GAP_PX)]
    : []
  return { borders, nodes, edges }
}

const mean = (values: readonly number[]) =>
  Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length))
