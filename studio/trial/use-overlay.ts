import { onScopeDispose } from 'vue'
import type { CanvasOverlay, DraftSession } from '../canvas/use-draft.ts'

/** What a panel draws over the canvas. It takes away what is its own only, and does so when it goes. */
export function useOverlay({ overlay }: Pick<DraftSession, 'overlay'>): (next: CanvasOverlay | null) => void {
  let own: CanvasOverlay | null = null
  function show(next: CanvasOverlay | null) {
    if (next || overlay.value === own) overlay.value = next
    own = next
  }
  onScopeDispose(() => show(null))
  return show
}
