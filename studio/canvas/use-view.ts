import type { VueFlowStore } from '@vue-flow/core'
import { watch } from 'vue'
import type { Editing } from './editing.ts'
import { noteSize } from './scene-nodes.ts'
import { type Box, around, boxOf } from './sizes.ts'
import type { DraftSession } from './use-draft.ts'

const MOVE_MS = 180
const READABLE_ZOOM = 0.6
/** Below this nobody can tell nodes apart, and drawing all of a large flow takes its time. */
const SMALLEST_ZOOM = 0.3
const LARGEST_ZOOM = 1.1
const ROOM = 1.16

/**
 * What part of the flow is in view. Sizes come from the document, not from what is drawn: of a large flow only what is
 * in view is drawn at all.
 */
export function useView(draft: DraftSession, editing: Editing, store: VueFlowStore) {
  const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : MOVE_MS

  function boxes(ids?: ReadonlySet<string>): Box[] {
    const { nodes, notes, edges, groups } = draft.flow.value
    const wanted = ids && new Set(ids)
    for (const { id, source, target } of edges) if (wanted?.has(id)) wanted.add(source.node).add(target.node)
    for (const { id, nodes: members } of groups)
      if (wanted?.has(id)) members.forEach((member) => wanted.add(member))
    const isIn = ({ id }: { id: string }) => wanted?.has(id) ?? true
    return [
      ...nodes.filter(isIn).map((node) => boxOf(node, editing.manifestOf(node))),
      ...notes.filter(isIn).map((note) => ({ ...note.position, ...noteSize(note) })),
    ]
  }

  async function show(box: Box | null, { least = 0, ms = duration } = {}) {
    const { width, height } = store.dimensions.value
    if (!box || width === 0) return
    const fits = Math.min(width / (box.width * ROOM), height / (box.height * ROOM), LARGEST_ZOOM)
    const zoom = Math.max(fits, least)
    await store.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom, duration: ms })
  }

  function isInView({ x, y, width, height }: Box): boolean {
    const { x: left, y: top, zoom } = store.viewport.value
    const { width: across, height: down } = store.dimensions.value
    const from = { x: x * zoom + left, y: y * zoom + top }
    return from.x >= 0 && from.y >= 0 && from.x + width * zoom <= across && from.y + height * zoom <= down
  }

  /** Brings something into view if it isn't; the zoom stays where it can be read. */
  async function reveal(ids: readonly string[]) {
    const box = around(boxes(new Set(ids)))
    const { zoom } = store.viewport.value
    if (!box || (isInView(box) && zoom >= SMALLEST_ZOOM)) return
    const least = ids.length === 1 ? Math.max(READABLE_ZOOM, Math.min(zoom, LARGEST_ZOOM)) : 0
    await show(box, { least })
  }

  /** The whole flow where it can be read, else its beginning. */
  async function begin() {
    const box = around(boxes())
    if (!box) return
    const { width, height } = store.dimensions.value
    const room = { width: width / SMALLEST_ZOOM / ROOM, height: height / SMALLEST_ZOOM / ROOM }
    const part = { width: Math.min(box.width, room.width), height: Math.min(box.height, room.height) }
    await show({ ...box, ...part }, { ms: 0 })
  }

  // What a flow opens with is shown whole. What is added to an empty one stays where it was put.
  let opened = false
  watch(
    () => store.dimensions.value.width > 0,
    (ready) => {
      if (!ready || opened) return
      opened = true
      void begin()
    },
    { immediate: true, flush: 'post' },
  )

  return {
    reveal,
    fit: () => show(around(boxes())),
    fitSelection: () => show(around(boxes(draft.selection.value))),
    zoom: (factor: number) => store.zoomTo(store.viewport.value.zoom * factor, { duration }),
  }
}
