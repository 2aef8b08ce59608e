import { type Ref, type ShallowRef, ref, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { failureFrom } from './failure.ts'

export interface Act {
  failure: ShallowRef<Failure | null>
  busy: Readonly<Ref<boolean>>
  /** What `work` answers; null where it failed, and then `failure` says why. */
  act<T>(work: () => Promise<T>): Promise<T | null>
}

export function useAct(): Act {
  const failure = shallowRef<Failure | null>(null)
  const busy = ref(false)
  return {
    failure,
    busy,
    async act(work) {
      failure.value = null
      busy.value = true
      try {
        return await work()
      } catch (error) {
        failure.value = failureFrom(error)
        return null
      } finally {
        busy.value = false
      }
    },
  }
}
