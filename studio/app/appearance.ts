import { defineStore } from 'pinia'
import { watchEffect } from 'vue'
import { useLocalStorage } from '../ui/local-storage.ts'

export const APPEARANCES = ['system', 'light', 'dark'] as const
export type Appearance = (typeof APPEARANCES)[number]

export const useAppearance = defineStore('appearance', () => {
  const choice = useLocalStorage<Appearance>(
    'pressroom.appearance',
    'system',
    (stored) => APPEARANCES.find((appearance) => appearance === stored) ?? null,
  )
  watchEffect(() => {
    if (choice.value === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice.value
  })
  return { choice }
})
