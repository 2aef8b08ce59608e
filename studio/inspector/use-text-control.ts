import { type ShallowRef, onMounted, watch } from 'vue'
import { caretAfter } from './caret.ts'

type TextElement = HTMLInputElement | HTMLTextAreaElement

/**
 * Keeps a text control and a value of the draft the same. Every key goes out at once. What comes in, from another
 * person, another tab or undo, leaves the caret where it was in the text, and waits while an input method composes.
 */
export function useTextControl(
  element: Readonly<ShallowRef<TextElement | null>>,
  value: () => string,
  write: (text: string) => void,
) {
  let composing = false

  function show() {
    const control = element.value
    const text = value()
    if (!control || composing || control.value === text) return
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
    if (control && control.value !== value()) write(control.value)
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

  onMounted(show)
  watch(value, show, { flush: 'post' })
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
