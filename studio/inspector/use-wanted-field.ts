import { type ShallowRef, nextTick, onMounted, watch } from 'vue'
import type { DraftSession } from '../canvas/use-draft.ts'

const CONTROLS = 'textarea, input, select, [tabindex="0"]'

/** Where a node's form shows `agents.0.model`, `inputs.draft` or, for an empty path, what is to be mended as a whole. */
function placeOf(form: HTMLElement, path: string): HTMLElement | null {
  const [field = '', index = ''] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  const named = (id: string) => form.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"]`)
  const place = field === 'inputs' ? named(`inspector-input-${index}`) : named(`inspector-config-${field}`)
  return (
    place?.querySelector<HTMLElement>(`[data-row="${CSS.escape(index)}"]`) ?? place ?? named('inspector-node')
  )
}

/** Scrolls to the field that somebody asked for, opens what hides it, gives it the focus and lets it light up. */
export function useWantedField(
  { wantedField }: Pick<DraftSession, 'wantedField'>,
  nodeId: string,
  form: Readonly<ShallowRef<HTMLElement | null>>,
) {
  async function show() {
    const wanted = wantedField.value
    if (wanted?.node !== nodeId || !form.value) return
    wantedField.value = null
    await nextTick()
    const place = form.value && placeOf(form.value, wanted.path)
    if (!place) return
    for (let shut = place.closest('details'); shut; shut = shut.parentElement?.closest('details') ?? null) {
      shut.open = true
    }
    place.scrollIntoView({ block: 'center' })
    const control = place.querySelector<HTMLElement>(CONTROLS) ?? place.querySelector('button') ?? place
    control.focus({ preventScroll: true })
    place.classList.remove('wanted')
    void place.offsetWidth // so that the same field lights up again
    place.classList.add('wanted')
    place.addEventListener('animationend', () => place.classList.remove('wanted'), { once: true })
  }
  onMounted(show)
  watch(wantedField, show, { flush: 'post' })
}
