import type { Edge, Node, VueFlowStore } from '@vue-flow/core'
import { type ComputedRef, markRaw, watch } from 'vue'
import { measuresOf } from './measures.ts'
import type { Scene } from './scene.ts'
import type { StepData } from './scene-nodes.ts'

/**
 * Brings the drawing into Vue Flow, touching only what has changed: handing it all nodes anew at every key that is
 * typed into one of them would cost more than the key may.
 */
export function useScene(scene: ComputedRef<Scene>, store: VueFlowStore): void {
  let drawn: Scene = { nodes: [], edges: [] }

  function draw(next: Scene) {
    if (drawn.nodes.length === 0) {
      store.setNodes(next.nodes.map(prepared))
      store.setEdges(next.edges.map((edge) => ({ ...edge })))
      drawn = next
      return
    }
    const removed = gone(drawn.nodes, next.nodes)
    const removedEdges = gone(drawn.edges, next.edges)
    if (removedEdges.length > 0) store.removeEdges(removedEdges)
    if (removed.length > 0) store.removeNodes(removed, false)
    change(
      drawn.nodes,
      next.nodes,
      (nodes: Node[]) => store.addNodes(nodes.map(prepared)),
      (node, old) => {
        const { position, data, ...rest } = node
        const live = store.findNode(node.id)
        if (!live) return
        Object.assign(live, rest, { data: markRaw(data) })
        // A node in somebody's hand stays there while its words change.
        if (old.position.x === position.x && old.position.y === position.y) return
        live.position = { ...position }
        // Vue Flow itself does so only for nodes that it has drawn.
        live.computedPosition = { ...position, z: live.computedPosition.z }
      },
    )
    change(
      drawn.edges,
      next.edges,
      (edges: Edge[]) => store.addEdges(edges.map((edge) => ({ ...edge }))),
      (edge) => {
        const live = store.findEdge(edge.id)
        if (live) Object.assign(live, edge)
      },
    )
    drawn = next
  }
  watch(scene, draw, { immediate: true, flush: 'post' })
}

/**
 * A copy, for Vue Flow writes into what it is given; not into `data`, which is always replaced as a whole. One node at
 * a time is reached with the Tab key; see `useSelection`. Of nodes whose sizes it knows, Vue Flow draws
 * only those that are in view; all others it would have to draw first to measure them.
 */
const prepared = (node: Node): Node => ({
  ...node,
  position: { ...node.position },
  data: markRaw(node.data),
  domAttributes: { tabindex: -1 },
  ...(node.type === 'step' ? measuresOf(node.id, node.data as StepData) : {}),
})

const gone = (before: readonly { id: string }[], after: readonly { id: string }[]): string[] => {
  const ids = new Set(after.map(({ id }) => id))
  return before.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
}

function change<T extends { id: string }>(
  before: readonly T[],
  after: readonly T[],
  add: (elements: T[]) => void,
  update: (element: T, old: T) => void,
) {
  const known = new Map(before.map((element) => [element.id, element]))
  const added: T[] = []
  for (const element of after) {
    const old = known.get(element.id)
    if (!old) added.push(element)
    else if (old !== element) update(element, old)
  }
  if (added.length > 0) add(added)
}
