import type { EdgeChange, NodeChange, VueFlowStore } from '@vue-flow/core'
import { type Ref, computed, watch } from 'vue'
import type { DraftSession } from './use-draft.ts'

const FRAMES_TO_WAIT = 30

/** Keeps what Vue Flow has selected and what the draft says is selected the same, and the focus in one place. */
export function useSelection(draft: DraftSession, store: VueFlowStore, canvas: Ref<HTMLElement | null>) {
  // Only what a person does comes as a change; what is set below does not.
  function chosen(changes: readonly (NodeChange | EdgeChange)[]) {
    const next = new Set(draft.selection.value)
    for (const change of changes) {
      if (change.type !== 'select') continue
      if (change.selected) next.add(change.id)
      else next.delete(change.id)
    }
    draft.select(next)
  }
  store.onNodesChange(chosen)
  store.onEdgesChange(chosen)

  watch(
    [draft.selection, () => store.nodes.value.length, () => store.edges.value.length] as const,
    ([ids]) => {
      for (const node of store.nodes.value)
        if (node.selected !== ids.has(node.id)) node.selected = ids.has(node.id)
      for (const edge of store.edges.value) {
        if (edge.selected !== ids.has(edge.id)) edge.selected = ids.has(edge.id)
      }
      if (ids.size <= 1) store.nodesSelectionActive.value = false
    },
    { flush: 'post' },
  )

  // One stop for the Tab key: the node that was selected last, else the first one. Arrow keys walk from there.
  const stop = computed<string | null>((before) => {
    const { nodes, notes } = draft.level.value.whole
    const chosen = [...draft.selection.value].find((id) => nodes.some((node) => node.id === id))
    if (chosen) return chosen
    const there = (id: string) => nodes.some((node) => node.id === id) || notes.some((note) => note.id === id)
    return before && there(before) ? before : (nodes[0]?.id ?? notes[0]?.id ?? null)
  })
  watch(
    [stop, () => store.nodes.value.length],
    ([now], [before]) => {
      const mark = (id: string | null | undefined, index: 0 | -1) => {
        const node = id ? store.findNode(id) : undefined
        if (node) node.domAttributes = { ...node.domAttributes, tabindex: index }
      }
      if (before !== now) mark(before, -1)
      mark(now, 0)
    },
    { immediate: true, flush: 'post' },
  )

  async function focusNode(id: string) {
    if (!draft.selection.value.has(id)) draft.select([id])
    // A new node takes a few frames until it is drawn and measured; before that it can't have the focus.
    for (let frames = 0; frames < FRAMES_TO_WAIT; frames++) {
      const element = canvas.value?.querySelector<HTMLElement>(`.vue-flow__node[data-id="${CSS.escape(id)}"]`)
      element?.focus({ preventScroll: true })
      if (element && element === document.activeElement) return
      await new Promise(requestAnimationFrame)
    }
  }
  return { focusNode }
}
