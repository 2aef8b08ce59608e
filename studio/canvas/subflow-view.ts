import type { ViewportTransform, VueFlowStore } from '@vue-flow/core'
import { nextTick, watch } from 'vue'
import type { DraftSession } from './use-draft.ts'

/** Where one looks when levels change: at all of one that is new, else where one looked last; then at what is asked for. */
export function useLevelView(
  draft: Pick<DraftSession, 'inside' | 'revealed' | 'selection' | 'wantedField'>,
  store: VueFlowStore,
  view: {
    fit(ms: number): unknown
    reveal(ids: readonly string[]): Promise<void>
    focusNode(id: string): Promise<void>
  },
): void {
  const left = new Map<string | null, ViewportTransform>()
  watch([draft.inside, draft.revealed] as const, async ([inside, ids], [before, asked]) => {
    // A field that is asked for gets the focus in its form.
    const toField = draft.wantedField.value !== null
    if (inside !== before) {
      left.set(before, { ...store.viewport.value })
      await nextTick()
      const known = left.get(inside)
      void (known ? store.setViewport(known) : view.fit(0))
    }
    if (ids === asked) return
    // Not awaited: where the next move of the view cuts this one short, it never ends.
    void view.reveal(ids)
    const [only] = ids
    // Somebody quick may be elsewhere by now.
    if (ids.length === 1 && only && !toField && draft.selection.value.has(only)) await view.focusNode(only)
  })
}
