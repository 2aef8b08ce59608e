import { type InjectionKey, type Ref, inject, onScopeDispose, ref } from 'vue'

const SHOWN_MS = 5_000

export interface Notice {
  text: Readonly<Ref<string>>
  /** Shows a sentence for a moment; screen readers say it. */
  say(sentence: string): void
}

export const NOTICE: InjectionKey<Notice> = Symbol('short messages of the canvas')

export function makeNotice(): Notice {
  const text = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  return {
    text,
    say(sentence) {
      clearTimeout(timer)
      text.value = sentence
      timer = setTimeout(() => (text.value = ''), SHOWN_MS)
    },
  }
}

export const useNotice = (): Notice => inject(NOTICE, () => makeNotice(), true)
