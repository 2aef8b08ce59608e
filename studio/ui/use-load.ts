import { type ShallowRef, onMounted, ref, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { failureFrom } from './failure.ts'

export interface Load<T> {
  data: Readonly<ShallowRef<T | null>>
  failure: Readonly<ShallowRef<Failure | null>>
  reload(): Promise<void>
}

/** Fetches when the component is mounted and whenever asked; an answer that was overtaken by a later one is dropped. */
export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const latest = ref(0)

  async function reload() {
    const turn = ++latest.value
    try {
      const answer = await fetch()
      if (turn !== latest.value) return
      data.value = answer
      failure.value = null
    } catch (error) {
      if (turn === latest.value) failure.value = failureFrom(error)
    }
  }

  onMounted(reload)
  return { data, failure, reload }
}
