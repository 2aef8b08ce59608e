import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { failureFrom } from '../ui/failure.ts'
import { type Outputs, api } from './api.ts'

export const SAMPLE_PROVIDER = 'sample'
export const SAMPLE_LABEL = 'Sample model: no AI'

export const useModels = defineStore('models', () => {
  const answer = shallowRef<Outputs['models']['list'] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const providers = computed(() => answer.value?.providers ?? [])
  /** No model server answers and the usual model is none of a connection: only the built-in stand-in would write. */
  const onlySample = computed(
    () =>
      answer.value !== null &&
      !answer.value.configurations.some(({ id, connection }) => id === 'auto' && connection) &&
      !providers.value.some(({ name, reachable }) => name !== SAMPLE_PROVIDER && reachable),
  )

  async function ensure() {
    try {
      answer.value = await api.models.list.query()
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  return { answer, failure, providers, onlySample, ensure }
})
