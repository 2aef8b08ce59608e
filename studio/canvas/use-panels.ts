import { computed, onScopeDispose, ref, watch } from 'vue'
import { useLocalStorage } from '../ui/local-storage.ts'
import type { SidePanel } from './panels.ts'
import type { DraftSession } from './use-draft.ts'

/** Below this width panels are sheets: they come when they are asked for and take their room from the canvas. */
const WIDE_PX = 900
const DRAG_PX = 4

const asBoolean = (stored: unknown) => (typeof stored === 'boolean' ? stored : null)

/**
 * What is open around the canvas. On a wide screen the settings come and go with the selection, until somebody closes
 * them by hand; a node that is dragged doesn't bring them, the canvas would change its size under the hand.
 */
export function usePanels(draft: DraftSession) {
  const media = matchMedia(`(width <= ${WIDE_PX}px)`)
  const narrow = ref(media.matches)
  const keptPalette = useLocalStorage('pressroom/canvas/palette', true, asBoolean)
  const sheet = ref(false)
  const palette = computed({
    get: () => (narrow.value ? sheet.value : keptPalette.value),
    set: (open) => (narrow.value ? (sheet.value = open) : (keptPalette.value = open)),
  })
  const follows = useLocalStorage('pressroom/canvas/settings-follow', true, asBoolean)
  const shown = ref<SidePanel | null>(null)
  let came = false
  const panel = computed({
    get: () => shown.value,
    set: (next) => {
      if (next === 'inspector') follows.value = true
      else if (shown.value === 'inspector' && next === null) follows.value = false
      came = false
      shown.value = next
      if (narrow.value) sheet.value = false
    },
  })

  let pressed: { x: number; y: number; onNode: boolean } | null = null
  let due = false
  function follow() {
    due = false
    const some = draft.selection.value.size > 0
    if (!some && came && shown.value === 'inspector') {
      shown.value = null
      came = false
    } else if (some && shown.value === null && follows.value && !narrow.value) {
      shown.value = 'inspector'
      came = true
    }
  }
  watch(draft.selection, () => {
    if (pressed) due = true
    else follow()
  })

  function down({ clientX: x, clientY: y, target }: PointerEvent) {
    pressed = { x, y, onNode: target instanceof Element && target.closest('.vue-flow__node') !== null }
  }
  function up({ clientX, clientY }: PointerEvent) {
    const from = pressed
    pressed = null
    const dragged = from?.onNode && Math.hypot(clientX - from.x, clientY - from.y) > DRAG_PX
    // The click that belongs to this comes right after it.
    if (due && !dragged) setTimeout(follow)
    due = false
  }
  const fold = () => {
    narrow.value = media.matches
    sheet.value = false
  }
  const listeners = new AbortController()
  const { signal } = listeners
  addEventListener('pointerdown', down, { signal, capture: true })
  addEventListener('pointerup', up, { signal, capture: true })
  addEventListener('pointercancel', up, { signal, capture: true })
  media.addEventListener('change', fold, { signal })
  onScopeDispose(() => listeners.abort())

  return { narrow, palette, panel }
}
