import { type Ref, onScopeDispose, watch } from 'vue'

const LONG_MS = 550
const STILL_PX = 9

/** Asks for a menu: the right mouse button, the menu key, or a finger that rests. */
export function usePressing(canvas: Ref<HTMLElement | null>, menu: (at: { x: number; y: number }) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  const stop = () => clearTimeout(timer)
  // The finger that called the menu is still down; lifting it must not choose from the menu or close it.
  const swallow = (event: MouseEvent) => {
    event.preventDefault()
    event.stopPropagation()
  }
  const listen = () => removeEventListener('click', swallow, { capture: true })

  function down({ pointerType, isPrimary, clientX, clientY, target }: PointerEvent) {
    stop()
    listen()
    if (pointerType !== 'touch' || !isPrimary) return
    from = { x: clientX, y: clientY }
    timer = setTimeout(() => {
      if (target instanceof Element) target.closest<HTMLElement>('.vue-flow__node')?.click()
      addEventListener('click', swallow, { capture: true, once: true })
      menu(from)
    }, LONG_MS)
  }
  function moved({ clientX, clientY }: PointerEvent) {
    if (Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) stop()
  }
  function asked(event: MouseEvent) {
    event.preventDefault()
    stop()
    const node = event.target instanceof Element ? event.target.closest<HTMLElement>('.vue-flow__node') : null
    if (node && !node.classList.contains('selected')) node.click()
    const box = node?.getBoundingClientRect()
    // The menu key has no place of its own.
    const byKey = event.clientX === 0 && event.clientY === 0
    menu(byKey && box ? { x: box.x + 20, y: box.y + 20 } : { x: event.clientX, y: event.clientY })
  }

  watch(
    canvas,
    (element, _before, onCleanup) => {
      if (!element) return
      const listeners = new AbortController()
      const { signal } = listeners
      element.addEventListener('pointerdown', down, { signal })
      element.addEventListener('pointermove', moved, { signal })
      element.addEventListener('pointerup', stop, { signal })
      element.addEventListener('pointercancel', stop, { signal })
      element.addEventListener('contextmenu', asked, { signal })
      onCleanup(() => listeners.abort())
    },
    { flush: 'post', immediate: true },
  )
  onScopeDispose(() => {
    stop()
    listen()
  })
}
