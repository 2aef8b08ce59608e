import { onIonViewWillEnter } from '@ionic/vue'
import { type ShallowRef, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { failureFrom } from './failure.ts'

export interface Load<T> {
  data: Readonly<ShallowRef<T | null>>
  failure: Readonly<ShallowRef<Failure | null>>
  reload(): Promise<void>
}

/** For pages: fetches whenever the page comes into view and when asked; an answer that was overtaken by a later one is dropped. */
export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null)
  const failure = shallowRef<Failure | null>(null)
  let latest = 0

  async function reload() {
    const turn = ++latest
    try {
      const answer = await fetch()
      if (turn !== latest) return
      data.value = answer
      failure.value = null
    } catch (error) {
      if (turn === latest) failure.value = failureFrom(error)
    }
  }

  onIonViewWillEnter(reload)
  return { data, failure, reload }
}
