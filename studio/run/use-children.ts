import { onIonViewDidEnter, onIonViewWillLeave } from '@ionic/vue'
import { type Ref, computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { type ChildSummary, type Failure, isTerminal } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'

const LOOK_AGAIN_AFTER_MS = 2_000

/** The runs that a run's steps start. They tell nothing to the log of theirs, so while any goes on they are asked for. */
export function useChildren(runId: string, has: Ref<boolean>, over: Ref<boolean>) {
  const children = shallowRef<ChildSummary[]>([])
  const failure = shallowRef<Failure | null>(null)
  const shown = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const moving = computed(
    () => !over.value || children.value.some(({ status, ended }) => !ended && status && !isTerminal(status)),
  )

  async function look() {
    clearTimeout(timer)
    try {
      children.value = await api.runs.children.query({ id: runId })
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
    }
    if (shown.value && moving.value) timer = setTimeout(look, LOOK_AGAIN_AFTER_MS)
  }

  watch([has, shown, over], () => {
    clearTimeout(timer)
    if (has.value && shown.value) void look()
  })
  onIonViewDidEnter(() => void (shown.value = true))
  const rest = () => {
    shown.value = false
    clearTimeout(timer)
  }
  onIonViewWillLeave(rest)
  onScopeDispose(rest)
  return { children, failure }
}
