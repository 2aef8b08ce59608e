import { onIonViewDidEnter, onIonViewWillLeave } from '@ionic/vue'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { type Failure, type RunSummary, isTerminal } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'
import { useNow } from '../ui/use-now.ts'
import { merged } from './filters.ts'

const PAGE = 50
const LOOK_AGAIN_AFTER_MS = 2_000

/** The organisation's runs; while one of them is still going on, looked at again and again. */
export function useRuns() {
  const runs = shallowRef<RunSummary[] | null>(null)
  const next = ref<string | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const moving = computed(() => runs.value?.some(({ status }) => !isTerminal(status)) ?? false)
  const shown = ref(false)
  /** Whether runs that steps of others started are shown as well. */
  const children = ref(false)
  const now = useNow(() => shown.value && moving.value)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function reload() {
    clearTimeout(timer)
    try {
      const answer = await api.runs.list.query({ limit: PAGE, children: children.value })
      if (runs.value === null) next.value = answer.next
      runs.value = merged(runs.value ?? [], answer.runs)
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
    }
    if (shown.value && moving.value) timer = setTimeout(reload, LOOK_AGAIN_AFTER_MS)
  }

  async function more() {
    if (!next.value) return
    try {
      const answer = await api.runs.list.query({ limit: PAGE, before: next.value, children: children.value })
      runs.value = merged(runs.value ?? [], answer.runs)
      next.value = answer.next
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  watch(children, () => {
    runs.value = null
    void reload()
  })
  onIonViewDidEnter(() => {
    shown.value = true
    void reload()
  })
  const rest = () => {
    shown.value = false
    clearTimeout(timer)
  }
  onIonViewWillLeave(rest)
  onScopeDispose(rest)
  return { runs, children, next, failure, now, reload, more }
}
