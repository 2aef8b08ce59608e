import { type ShallowRef, computed, ref, shallowRef } from 'vue'
import { type Completion, complete, completionAt, matching } from './completion.ts'
import type { Reference } from './reach.ts'

/** Offers fields while a template is typed: arrows choose, Enter or Tab takes, Escape closes until the next opening. */
export function useCompletion(
  element: Readonly<ShallowRef<HTMLTextAreaElement | null>>,
  references: () => readonly Reference[],
  replace: (text: string, caret: number) => void,
) {
  const open = shallowRef<Completion | null>(null)
  const at = ref(0)
  const offered = computed(() => (open.value ? matching(references(), open.value.query) : []))
  const shown = computed(() => open.value !== null && offered.value.length > 0)
  let dismissed: number | null = null

  function look() {
    const control = element.value
    const caret = control?.selectionStart ?? null
    const found =
      control && caret !== null && caret === control.selectionEnd ? completionAt(control.value, caret) : null
    if (found?.from !== dismissed) dismissed = null
    const next = dismissed === null ? found : null
    if (next?.query !== open.value?.query || next?.from !== open.value?.from) at.value = 0
    open.value = next
  }

  function choose(reference: Reference) {
    const control = element.value
    if (!control || !open.value) return
    const { text, caret } = complete(control.value, open.value, reference.path)
    open.value = null
    replace(text, caret)
    dismissed = null
  }

  function close() {
    dismissed = open.value?.from ?? null
    open.value = null
  }

  function keydown(event: KeyboardEvent) {
    if (!shown.value || event.isComposing) return
    const count = offered.value.length
    const chosen = offered.value[at.value]
    if (event.key === 'ArrowDown') at.value = (at.value + 1) % count
    else if (event.key === 'ArrowUp') at.value = (at.value + count - 1) % count
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) choose(chosen)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return { at, offered, shown, look, choose, close, keydown, leave: () => (open.value = null) }
}
