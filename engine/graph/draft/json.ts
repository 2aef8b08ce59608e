export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const MAX_DEPTH = 60

/** Whether a value is JSON and nothing more, down to a depth that every reader copes with. */
export function isJson(value: unknown, depth = 0): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((entry) => isJson(entry, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.entries(value).every(([key, entry]) => key !== '__proto__' && isJson(entry, depth + 1))
}

/** A copy that is JSON and nothing more: no proxies, no undefined. */
export function plain(value: unknown): Json {
  const copy: unknown = JSON.parse(JSON.stringify(value) ?? 'null')
  return isJson(copy) ? copy : null
}

/** Equal as JSON: the order of keys does not matter, an absent key is the same as an undefined one. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((entry, index) => sameJson(entry, b[index]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    sameJson(left[key], right[key]),
  )
}
