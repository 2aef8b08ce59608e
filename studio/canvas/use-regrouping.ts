import type { GraphNode, VueFlowStore } from '@vue-flow/core'
import { shallowRef } from 'vue'
import { setGroup } from '#graph'
import type { Editing } from './editing.ts'
import { type Regrouping, regrouped } from './regroup.ts'
import { type Box, spaceOf } from './sizes.ts'
import type { DraftSession } from './use-draft.ts'

const NOTHING: Regrouping = { frames: new Map(), joins: [], leaves: [] }

/** Groups while nodes are dragged: frames follow, and a hint says what letting go would do. */
export function useRegrouping(draft: DraftSession, editing: Editing, store: VueFlowStore) {
  const hint = shallowRef('')
  let before: ReadonlyMap<string, Box> = new Map()
  let now = NOTHING

  function start() {
    const { flow, content } = draft.level.value
    const nodes = flow.nodes.filter(({ id }) => !content.has(id))
    before = new Map(nodes.map((node) => [node.id, spaceOf(node, editing.manifestOf(node))]))
  }

  /** `moving` are the nodes under way; a group in somebody's hand is moved by Vue Flow itself. */
  function follow(moving: readonly GraphNode[], held: ReadonlySet<string>) {
    const { groups } = draft.flow.value
    if (groups.length === 0) return
    const moved = new Map(
      moving.flatMap(({ id, position }) => {
        const box = before.get(id)
        return box ? [[id, { ...box, ...position }] as const] : []
      }),
    )
    now = regrouped(groups, before, moved)
    for (const { id } of groups) {
      const live = store.findNode(id)
      const frame = now.frames.get(id)
      if (!live || held.has(id)) continue
      live.class = now.joins.some(({ group }) => group === id)
        ? 'joining'
        : now.leaves.some(({ group }) => group === id)
          ? 'leaving'
          : ''
      if (!frame) continue
      live.position = { x: frame.x, y: frame.y }
      live.style = { width: `${frame.width}px`, height: `${frame.height}px` }
    }
    hint.value = wordsOf(now)
  }

  function wordsOf({ joins, leaves }: Regrouping): string {
    const title = (id: string | undefined) =>
      draft.flow.value.groups.find((group) => group.id === id)?.title ?? ''
    if (joins.length > 0) return `Let go to put it into “${title(joins[0]?.group)}”`
    if (leaves.length > 0) return `Let go to take it out of “${title(leaves[0]?.group)}”`
    return ''
  }

  /** Writes who joined and who left; to be called within the step that moves them. */
  function write() {
    for (const { id, nodes } of draft.flow.value.groups) {
      const gone = new Set(now.leaves.filter(({ group }) => group === id).map(({ node }) => node))
      const come = now.joins.filter(({ group }) => group === id).map(({ node }) => node)
      if (gone.size + come.length === 0) continue
      setGroup(draft.doc, id, { nodes: [...nodes.filter((node) => !gone.has(node)), ...come] }, draft.origin)
    }
  }

  function stop() {
    for (const { id } of draft.flow.value.groups) {
      const live = store.findNode(id)
      if (live?.class) live.class = ''
    }
    now = NOTHING
    hint.value = ''
  }
  return { hint, start, follow, write, stop }
}
