import { type ShallowRef, watch } from 'vue'
import { rebased, spliceBetween } from '#graph'
import { caretAfter } from './caret.ts'
import type { TextSource } from './text-source.ts'

type TextElement = HTMLInputElement | HTMLTextAreaElement

/**
 * Keeps a text control and a text of the draft the same. Every key goes out at once, as the change that it makes. What
 * comes in, from another person, another tab or undo, leaves the caret where it was in the text, and waits while an
 * input method composes; what is typed meanwhile goes where it belongs in the text as it then is.
 */
export function useTextControl(
  element: Readonly<ShallowRef<TextElement | null>>,
  source: () => TextSource,
  tidy: (typed: string) => string = (typed) => typed,
) {
  let composing = false
  let sending = false
  /** What the control held when it and the source last had heard of each other. */
  let shown = ''

  function show() {
    const control = element.value
    if (!control || composing || sending) return
    const text = source().read()
    shown = text
    if (control.value === text) return
    if (document.activeElement !== control) {
      control.value = text
      return
    }
    const { value: before, selectionStart, selectionEnd, selectionDirection, scrollTop } = control
    control.value = text
    control.setSelectionRange(
      caretAfter(before, text, selectionStart ?? text.length),
      caretAfter(before, text, selectionEnd ?? text.length),
      selectionDirection ?? 'none',
    )
    control.scrollTop = scrollTop
  }

  function input() {
    const control = element.value
    if (!control) return
    const typed = tidy(control.value)
    const change = spliceBetween(shown, typed, control.selectionEnd ?? typed.length)
    if (!change) return
    const { read, type, follow } = source()
    sending = true
    try {
      if (!type(rebased(change, spliceBetween(shown, read())))) return
      shown = typed
    } finally {
      sending = false
    }
    // A value that is written as a whole comes back with the next rendering.
    if (follow) show()
  }

  /** Puts in a text of our own making (a completion) and the caret where that says. */
  function replace(text: string, caret: number) {
    const control = element.value
    if (!control) return
    control.value = text
    control.focus()
    control.setSelectionRange(caret, caret)
    input()
  }

  watch([element, () => source().read()], show, { flush: 'post' })
  watch(
    source,
    ({ follow }, _before, onCleanup) => {
      const end = follow?.(show)
      if (end) onCleanup(end)
    },
    { immediate: true },
  )
  return {
    replace,
    listeners: {
      input,
      // A text that was not taken (an emptied name) gives way to the one that holds.
      blur: show,
      compositionstart: () => {
        composing = true
      },
      compositionend: () => {
        composing = false
        input()
        show()
      },
    },
  }
}
