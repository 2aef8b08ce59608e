import { onScopeDispose, watch } from 'vue'
import { tinykeys } from 'tinykeys'
import { type Command, available } from './commands.ts'

/** Keys of all commands, for as long as the page is the one in front. */
export function useKeys(
  commands: readonly Command[],
  {
    inFront,
    readOnly,
    canvas,
  }: {
    inFront: () => boolean
    readOnly: () => boolean
    canvas: () => HTMLElement | null
  },
): void {
  let stop: (() => void) | null = null
  // With the focus nowhere, Tab has to lead back into the page.
  const isOnCanvas = ({ target, key }: KeyboardEvent) =>
    (target === document.body && key !== 'Tab') ||
    (target instanceof Node && (canvas()?.contains(target) ?? false))
  const isTyping = ({ target }: KeyboardEvent) =>
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

  function start() {
    stop?.()
    const keys = new Set(commands.flatMap(({ keys: own = [] }) => own))
    const bindings = [...keys].map((key): [string, (event: KeyboardEvent) => void] => [
      key,
      (event) => {
        // An open dialog has the keys to itself.
        if (event.defaultPrevented || document.querySelector('dialog[open], ion-modal.show-modal, ion-alert'))
          return
        if (isTyping(event)) return
        const command = commands.find(
          (one) =>
            one.keys?.includes(key) && (one.everywhere || isOnCanvas(event)) && available(one, readOnly()),
        )
        if (!command) return
        event.preventDefault()
        command.run(event)
      },
    ])
    stop = tinykeys(window, Object.fromEntries(bindings), { ignore: () => false })
  }
  function end() {
    stop?.()
    stop = null
  }
  watch(inFront, (now) => (now ? start() : end()), { immediate: true })
  onScopeDispose(end)
}
