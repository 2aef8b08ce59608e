import { computed, ref, watch } from 'vue'
import { differencesOf } from './marks.ts'
import type { DraftSession } from './use-draft.ts'

/** Goes from one difference that is drawn to the next. */
export function useDifferences(draft: DraftSession) {
  const all = computed(() => {
    const overlay = draft.overlay.value
    return overlay?.kind === 'diff' ? differencesOf(overlay.diff) : null
  })
  const at = ref(-1)
  watch(
    () => all.value === null,
    () => (at.value = -1),
  )

  function step(by: 1 | -1) {
    const count = all.value?.length ?? 0
    if (count === 0) return
    at.value = at.value < 0 ? (by > 0 ? 0 : count - 1) : (at.value + by + count) % count
    const here = all.value?.[at.value]
    if (here) draft.reveal([here.id])
  }
  return { all, at, step }
}
