import type { GraphNode, NodeDragEvent, VueFlowStore } from '@vue-flow/core'
import { shallowRef } from 'vue'
import { type Move, guidesOf } from './arrange.ts'
import type { Editing } from './editing.ts'
import { type Box, boxOf } from './sizes.ts'
import type { DraftSession } from './use-draft.ts'
import { useRegrouping } from './use-regrouping.ts'

const REACH_PX = 6
/** Of Vue Flow's snapping; a group's corner lies between two of its lines, its nodes need not. */
export const SNAP_PX = 10
const onGrid = (distance: number) => Math.round(distance / SNAP_PX) * SNAP_PX

/** Moving things: lines to align with, groups that take their nodes along, a node let go on a connection. */
export function useDragging(draft: DraftSession, editing: Editing, store: VueFlowStore) {
  const guides = shallowRef<{ vertical: number | null; horizontal: number | null }>({
    vertical: null,
    horizontal: null,
  })
  const regrouping = useRegrouping(draft, editing, store)
  let others: Box[] = []
  /** Where the nodes of a dragged group, and the group itself, were at the start. */
  let taken: {
    group: GraphNode
    from: { x: number; y: number }
    members: { node: GraphNode; x: number; y: number }[]
  }[] = []
  let over: Element | null = null

  function start({ nodes }: NodeDragEvent) {
    const moving = new Set(nodes.map(({ id }) => id))
    taken = nodes
      .filter(({ type }) => type === 'group')
      .map((group) => ({
        group,
        from: { ...group.position },
        members: (group.data as { members: string[] }).members
          .filter((id) => !moving.has(id))
          .map((id) => store.findNode(id))
          .filter((node) => node !== undefined)
          .map((node) => ({ node, ...node.position })),
      }))
    const along = new Set(taken.flatMap(({ members }) => members.map(({ node }) => node.id)))
    regrouping.start()
    others = draft.level.value.flow.nodes
      .filter(({ id }) => !moving.has(id) && !along.has(id))
      .map((node) => boxOf(node, editing.manifestOf(node)))
  }

  function drag({ node, nodes, event }: NodeDragEvent) {
    for (const { group, from, members } of taken) {
      for (const member of members) {
        member.node.position = {
          x: member.x + onGrid(group.position.x - from.x),
          y: member.y + onGrid(group.position.y - from.y),
        }
      }
    }
    if (nodes.length === 1 && node.type !== 'group') snap(node, event)
    regrouping.follow(underWay(nodes), new Set(taken.map(({ group }) => group.id)))
  }

  const underWay = (nodes: readonly GraphNode[]) => [
    ...nodes.filter(({ type }) => type !== 'group'),
    ...taken.flatMap(({ members }) => members.map(({ node }) => node)),
  ]

  function snap(node: GraphNode, event: MouseEvent | TouchEvent) {
    const { width, height } = node.dimensions
    const found = guidesOf({ ...node.position, width, height }, others, REACH_PX / store.viewport.value.zoom)
    guides.value = found
    if (found.x !== node.position.x || found.y !== node.position.y) node.position = { x: found.x, y: found.y }
    hover(node, event)
  }

  /** Connections under the pointer open up where the node would fit. */
  function hover(node: GraphNode, event: MouseEvent | TouchEvent) {
    const lone =
      node.type === 'step' &&
      !draft.level.value.whole.edges.some(
        ({ source, target }) => source.node === node.id || target.node === node.id,
      )
    const there = editing.nodeOf(node.id)
    const manifest = there && editing.manifestOf(there)
    const edge = lone && manifest ? edgeAt(event) : null
    const fits = edge && manifest && editing.fitsOn(idOf(edge), manifest) ? edge : null
    if (fits === over) return
    over?.classList.remove('open')
    over = fits
    over?.classList.add('open')
  }

  function stop({ nodes }: NodeDragEvent) {
    guides.value = { vertical: null, horizontal: null }
    const moved: Move[] = underWay(nodes)
      .map(({ id, position: { x, y } }) => ({ id, x: Math.round(x), y: Math.round(y) }))
      .filter(({ id, x, y }) => {
        const before = placeOf(id)
        return before !== undefined && (before.x !== x || before.y !== y)
      })
    const edge = over
    over = null
    edge?.classList.remove('open')
    const only = nodes[0]
    draft.step(() =>
      draft.doc.transact(() => {
        editing.move(moved)
        regrouping.write()
        if (edge && only) editing.insert(idOf(edge), { id: only.id })
      }, draft.origin),
    )
    taken = []
    regrouping.stop()
  }

  const placeOf = (id: string) =>
    (
      draft.level.value.flow.nodes.find((node) => node.id === id) ??
      draft.flow.value.notes.find((note) => note.id === id)
    )?.position

  return { guides, hint: regrouping.hint, start, drag, stop }
}

/** The connection under the pointer, through whatever lies on top of it. */
export function edgeAt(event: MouseEvent | TouchEvent): Element | null {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event
  if (!at) return null
  return (
    document
      .elementsFromPoint(at.clientX, at.clientY)
      .find((element) => element.closest('.vue-flow__edge'))
      ?.closest('.vue-flow__edge') ?? null
  )
}

export const idOf = (edge: Element): string => edge.getAttribute('data-id') ?? ''
