import type { Vault } from './vault.ts'

/** A text with the originals in place of the pseudonyms. */
export function restore(vault: Vault, text: string): string {
  let result = ''
  let at = 0
  for (const { start, end, original } of vault.matches(text)) {
    result += text.slice(at, start) + original
    at = end
  }
  return at === 0 ? text : result + text.slice(at)
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Data with the originals in every text of it, keys included. */
export function restoreJson(vault: Vault, value: Json): Json {
  if (typeof value === 'string') return restore(vault, value)
  if (Array.isArray(value)) return value.map((one) => restoreJson(vault, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [restore(vault, key), restoreJson(vault, one)]),
  )
}

/** The text of a JSON document: originals are escaped, as strings of it have to be. */
export function restoreJsonText(vault: Vault, text: string): string {
  let result = ''
  let at = 0
  for (const { start, end, original } of vault.matches(text)) {
    result += text.slice(at, start) + JSON.stringify(original).slice(1, -1)
    at = end
  }
  return result + text.slice(at)
}

/**
 * Restores a text that arrives in chunks, however they are cut. What might be the beginning of a pseudonym is held
 * back until it is clear; the chunks that come out, put together, are `restore` of the whole.
 */
export function createRestorer(vault: Vault): { push(chunk: string): string; end(): string } {
  let held = ''
  /** The character before `held`: whether a word goes on there decides what a match is. */
  let before = ''

  function take(sure: number): string {
    const text = before + held
    const offset = before.length
    let result = ''
    let at = offset
    for (const { start, end, original } of vault.matches(text, offset, offset + sure)) {
      result += text.slice(at, start) + original
      at = end
    }
    const to = Math.max(at, offset + sure)
    result += text.slice(at, to)
    before = text.slice(Math.max(0, to - 1), to)
    held = text.slice(to)
    return result
  }

  return {
    push(chunk) {
      held += chunk
      let sure = held.length - vault.reach
      // Never between the two halves of a character.
      if (sure > 0 && /[\ud800-\udbff]/.test(held[sure - 1] ?? '')) sure--
      return sure > 0 ? take(sure) : ''
    },
    end: () => take(held.length),
  }
}
