import { type Ref, ref, watch } from 'vue'

/**
 * A value that survives a reload. What is stored is checked by `read`; a browser that refuses storage only forgets.
 */
export function useLocalStorage<T>(key: string, initial: T, read: (stored: unknown) => T | null): Ref<T> {
  const value = ref(load(key, read) ?? initial) as Ref<T>
  watch(value, (next) => save(key, next), { deep: true })
  return value
}

export function load<T>(key: string, read: (stored: unknown) => T | null): T | null {
  try {
    const stored = localStorage.getItem(key)
    return stored === null ? null : read(JSON.parse(stored))
  } catch (error) {
    console.warn(`What was stored as ${key} can't be read and is left out.`, error)
    return null
  }
}

export function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch (error) {
    console.warn(`This browser does not store ${key}; it is forgotten on reload.`, error)
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch (error) {
    console.warn(`This browser does not let go of ${key}.`, error)
  }
}
