import { lowerCase } from '../lower-case.ts'
import type { EntityType } from '../types.ts'

export interface VaultEntry {
  type: EntityType
  original: string
  pseudonym: string
}

export interface VaultMatch {
  start: number
  end: number
  original: string
}

const WORD = /[\p{L}\p{M}\p{N}_]/u
const PREFIX = 3

/**
 * Which pseudonym stands for what, both ways. A pseudonym stands for one original alone, in three cases: as it was
 * made, in capitals and in small letters, each of which gives back the original in that case.
 */
export class Vault {
  readonly entries: VaultEntry[] = []
  #byOriginal = new Map<string, string>()
  #byPseudonym = new Map<string, VaultEntry>()
  /** By the first characters of pseudonyms: their lengths, the longest first. */
  #lengths = new Map<string, number[]>()
  #longest = 0

  constructor(entries: readonly VaultEntry[] = []) {
    for (const entry of entries) this.add(entry)
  }

  /** Characters that have to be seen before a match that begins at one of them is certain. */
  get reach(): number {
    return this.#longest + 2
  }

  has(pseudonym: string): boolean {
    return this.#byPseudonym.has(lowerCase(pseudonym))
  }

  pseudonymOf(type: EntityType, original: string): string | undefined {
    return this.#byOriginal.get(`${type} ${original}`)
  }

  add(entry: VaultEntry): void {
    const { type, original, pseudonym } = entry
    this.entries.push(entry)
    const known = (text: string, as: string) => {
      const key = `${type} ${text}`
      if (!this.#byOriginal.has(key)) this.#byOriginal.set(key, as)
    }
    this.#byOriginal.set(`${type} ${original}`, pseudonym)
    for (const inCase of [(text: string) => text.toUpperCase(), (text: string) => text.toLowerCase()]) {
      if (inCase(pseudonym) !== pseudonym && inCase(original) !== original)
        known(inCase(original), inCase(pseudonym))
    }
    this.#index(pseudonym, entry)
    // Models drop brackets; the code within is as good.
    if (pseudonym.startsWith('[')) this.#index(pseudonym.slice(1, -1), entry)
  }

  #index(pseudonym: string, entry: VaultEntry): void {
    const lower = lowerCase(pseudonym)
    this.#byPseudonym.set(lower, entry)
    const prefix = lower.slice(0, PREFIX)
    const lengths = this.#lengths.get(prefix) ?? []
    if (!lengths.includes(lower.length)) lengths.push(lower.length)
    this.#lengths.set(
      prefix,
      lengths.sort((left, right) => right - left),
    )
    this.#longest = Math.max(this.#longest, lower.length)
  }

  /** Where pseudonyms stand in a text, as whole words; an "s" may follow, as in "Veldens Entwurf". */
  *matches(text: string, from = 0, to = text.length): Generator<VaultMatch> {
    if (this.#longest === 0) return
    const lower = lowerCase(text)
    let wordBefore = from > 0 && WORD.test(text[from - 1] ?? '')
    for (let at = from; at < to; at++) {
      const word = isWord(text, at)
      const boundary = !(wordBefore && word)
      wordBefore = word
      if (!boundary) continue
      const match = this.#at(text, lower, at)
      if (!match) continue
      yield match
      at = match.end - 1
      wordBefore = isWord(text, at)
    }
  }

  #at(text: string, lower: string, at: number): VaultMatch | undefined {
    for (const length of this.#lengths.get(lower.slice(at, at + PREFIX)) ?? []) {
      const entry = this.#byPseudonym.get(lower.slice(at, at + length))
      if (!entry) continue
      const end = at + length
      if (
        isWord(text, end - 1) &&
        isWord(text, end) &&
        !(/s/i.test(text[end] ?? '') && !isWord(text, end + 1))
      )
        continue
      return { start: at, end, original: inCaseOf(text.slice(at, end), entry) }
    }
    return undefined
  }
}

function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0x80)
    return (
      (code > 0x2f && code < 0x3a) ||
      (code > 0x40 && code < 0x5b) ||
      code === 0x5f ||
      (code > 0x60 && code < 0x7b)
    )
  return WORD.test(text[at] ?? '')
}

function inCaseOf(found: string, { original, pseudonym }: VaultEntry): string {
  if (found === pseudonym || found === pseudonym.slice(1, -1)) return original
  if (found === pseudonym.toUpperCase()) return original.toUpperCase()
  if (found === pseudonym.toLowerCase()) return original.toLowerCase()
  return original
}
