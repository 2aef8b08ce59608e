import type { VueFlowStore } from '@vue-flow/core'
import { nextTick, watch } from 'vue'
import type { Flow } from '#graph'
import type { Editing } from './editing.ts'
import { frameAround } from './group-frame.ts'
import { noteSize } from './scene-nodes.ts'
import { type Box, around, spaceOf } from './sizes.ts'
import { withGhosts } from './marks.ts'
import { levelOf } from './subflow-level.ts'
import type { DraftSession } from './use-draft.ts'

const MOVE_MS = 180
const READABLE_ZOOM = 0.6
/** Of a flow with more nodes than this, the beginning is shown: all at once nobody can tell them apart. */
const MANY_NODES = 120
const BEGINNING_ZOOM = 0.3
export const SMALLEST_ZOOM = 0.08
const LARGEST_FITTED_ZOOM = 1.1
/** Kept free around what is fitted: for the zoom buttons, the overview, the legend of a comparison. */
const EDGE_PX = 36
const FOOT_PX = 68
const OVERVIEW_PX = 184
const LEGEND_PX = 84

/**
 * What part of the flow is in view. Sizes come from the document, not from what is drawn: of a large flow only what is
 * in view is drawn at all.
 * - V1 A flow opens whole (a large one at its beginning) and stays so while what is known of it, or the room for it,
 *   still changes; the first thing that a person does with the view ends that.
 * - V2 What is fitted lies beside the buttons and the overview, never below them.
 */
export function useView(draft: DraftSession, editing: Editing, store: VueFlowStore, overview: () => boolean) {
  const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : MOVE_MS

  /** The level that is open, with what a comparison draws although it is gone. */
  function drawn(): Flow {
    const { flow, known, inside, overlay } = draft
    const there = overlay.value?.kind === 'diff' ? withGhosts(flow.value, overlay.value.diff) : flow.value
    return levelOf(there, known.value, inside.value).whole
  }

  function boxes(ids?: ReadonlySet<string>): Box[] {
    const { nodes, notes, edges, groups } = drawn()
    const wanted = ids && new Set(ids)
    for (const { id, source, target } of edges) if (wanted?.has(id)) wanted.add(source.node).add(target.node)
    const isIn = ({ id }: { id: string }) => wanted?.has(id) ?? true
    const boxesOf = (members: ReadonlySet<string>) =>
      nodes.filter(({ id }) => members.has(id)).map((node) => spaceOf(node, editing.manifestOf(node)))
    return [
      ...nodes.filter(isIn).map((node) => spaceOf(node, editing.manifestOf(node))),
      ...notes.filter(isIn).map((note) => ({ ...note.position, ...noteSize(note) })),
      ...groups.filter(isIn).flatMap((group) => frameAround(boxesOf(new Set(group.nodes))) ?? []),
    ]
  }

  /** Where in the window of the canvas something may be fitted. */
  function room() {
    const { width, height } = store.dimensions.value
    const edge = Math.min(EDGE_PX, width * 0.06)
    const foot = overview() ? OVERVIEW_PX : FOOT_PX
    const head = draft.overlay.value?.kind === 'diff' ? LEGEND_PX : edge
    return { x: edge, y: head, width: width - 2 * edge, height: Math.max(height - head - foot, height / 3) }
  }

  async function show(box: Box | null, { least = SMALLEST_ZOOM, ms = duration } = {}) {
    if (!box || !isReady()) return
    const { x, y, width, height } = room()
    const fits = Math.min(width / box.width, height / box.height, LARGEST_FITTED_ZOOM)
    const zoom = Math.max(fits, least)
    await store.setViewport(
      {
        x: x + width / 2 - (box.x + box.width / 2) * zoom,
        y: y + height / 2 - (box.y + box.height / 2) * zoom,
        zoom,
      },
      { duration: ms },
    )
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
    if (!box || (isInView(box) && zoom >= BEGINNING_ZOOM)) return
    whole = false
    const least = ids.length === 1 ? Math.max(READABLE_ZOOM, Math.min(zoom, LARGEST_FITTED_ZOOM)) : 0
    await show(box, { least })
  }

  /** Moves the view no further than it takes to see a box, where its size allows. */
  async function uncover(id: string) {
    const box = around(boxes(new Set([id])))
    const { x: left, y: top, zoom } = store.viewport.value
    if (!box || isInView(box)) return
    const { x, y, width, height } = room()
    const within = (at: number, size: number, from: number, space: number) =>
      Math.max(from, Math.min(at, from + space - size))
    const at = {
      x: within(left + box.x * zoom, box.width * zoom, x, width),
      y: within(top + box.y * zoom, box.height * zoom, y, height),
    }
    await store.setViewport({ x: at.x - box.x * zoom, y: at.y - box.y * zoom, zoom }, { duration })
  }

  async function fit(ms = duration) {
    whole = true
    await show(around(boxes()), { ms })
  }

  /** The whole flow, or the beginning of a large one. */
  async function begin(ms = 0) {
    const box = around(boxes())
    if (!box || draft.flow.value.nodes.length <= MANY_NODES) return fit(ms)
    const { width, height } = room()
    const part = {
      width: Math.min(box.width, width / BEGINNING_ZOOM),
      height: Math.min(box.height, height / BEGINNING_ZOOM),
    }
    await show({ ...box, ...part }, { ms })
  }

  const isReady = () =>
    store.d3Zoom.value !== null && store.dimensions.value.width > 0 && store.dimensions.value.height > 0
  /** Nobody has touched the flow or the view yet. */
  let untouched = true
  let whole = false
  store.onMoveStart(({ event }) => {
    if (!event.sourceEvent) return
    untouched = false
    whole = false
  })
  watch([draft.canUndo, draft.selection], () => (untouched = false), { flush: 'sync' })
  // What the browser kept is shown at once; the server may know more.
  watch(
    [isReady, draft.state, () => draft.flow.value.nodes.length] as const,
    ([ready]) => {
      if (ready && untouched) void begin()
    },
    { immediate: true, flush: 'post' },
  )
  watch(
    () => ({ ...store.dimensions.value }),
    async () => {
      await nextTick()
      const [chosen, ...more] = draft.selection.value
      if (chosen && more.length === 0) return uncover(chosen)
      if (untouched) await begin()
      else if (whole) await fit(0)
    },
    { flush: 'post' },
  )

  return {
    reveal,
    begin: () => begin(duration),
    fit: (ms?: number) => fit(ms),
    fitSelection: () => show(around(boxes(draft.selection.value))),
    zoom: (factor: number) => {
      whole = false
      return store.zoomTo(store.viewport.value.zoom * factor, { duration })
    },
  }
}
