/**
 * Job: pseudonyms for what was detected, and the originals again for pseudonyms. Boundary: texts, detections and a
 * vault; where the vault is kept and what the policy says are others' business.
 *
 * N1 What goes out comes back exactly: `restore` of every output is tried before the output is handed out.
 * N2 A pseudonym stands for one original, and the same original has the same one as long as the vault lives.
 * N3 A pseudonym never is a text that the input holds anyway; where the input happens to hold a pseudonym of before,
 *    that piece gets one of its own.
 */
import { PressroomError } from '#graph'
import { GIVEN } from '../data/names.ts'
import type { EntityType } from '../types.ts'
import { type Making, type Style, realisticFor, tokenFor } from './make.ts'
import { createRestorer, restore } from './restore.ts'
import type { Vault } from './vault.ts'

export interface Piece {
  type: EntityType
  start: number
  end: number
}

export interface Replacement extends Piece {
  /** In place of what stood there; null for a pseudonym. */
  mask: string | null
}

export interface PseudonymiserOptions {
  /** Who has it and the same vault makes the same pseudonyms. */
  key: string
  style: Style
  vault: Vault
}

const MOST_ATTEMPTS = 24
const WORDS = /[\p{L}\p{M}\p{N}]+/gu
const NAME_WORD = /[\p{L}\p{M}](?:[\p{L}\p{M}'’-]*[\p{L}\p{M}])?/gu
const PARTICLE =
  /^(?:van|von|de|der|den|del|della|di|da|do|dos|das|du|des|le|la|el|bin|ben|ibn|ter|ten|zu|zur|vom|af|av|y|e|und|and)$/
/** Initials and particles tell of nobody. */
const isKept = (word: string) => word.length === 1 || PARTICLE.test(word)
const WORD = /[\p{L}\p{M}\p{N}_]/u

export function createPseudonymiser({ key, style, vault }: PseudonymiserOptions) {
  /** Words of every text so far: none of them may become a pseudonym. */
  const seen = new Set<string>()

  function read(text: string): void {
    for (const [word] of text.toLowerCase().matchAll(WORDS)) seen.add(word)
  }

  function collides(pseudonym: string): boolean {
    if (vault.has(pseudonym)) return true
    const words = pseudonym.toLowerCase().match(WORDS) ?? []
    return words.every((word) => seen.has(word))
  }

  function pseudonym(type: EntityType, original: string, as: Style, part?: Making['part']): string {
    const known = vault.pseudonymOf(type, original)
    if (known !== undefined && (as === 'realistic' || known.startsWith('['))) return known
    for (let attempt = 0; ; attempt++) {
      const making = { key, type, original, attempt, part }
      const made = as === 'token' || attempt >= MOST_ATTEMPTS ? tokenFor(making) : realisticFor(making)
      if (collides(made) || made.toLowerCase() === original.toLowerCase()) continue
      vault.add({ type, original, pseudonym: made })
      return made
    }
  }

  /** A name is replaced word by word, so that "Jane", "Ms Doe" and "Jane Doe" stay one person. */
  function person(original: string): string {
    const words = original.match(NAME_WORD) ?? []
    const replaced = words.filter((word) => !isKept(word))
    if (replaced.length === 0) return pseudonym('PERSON', original, 'token')
    let index = 0
    const result = original.replace(NAME_WORD, (word) => {
      if (isKept(word)) return word
      const given = index === 0 && (replaced.length > 1 || GIVEN.has(word.toLowerCase()))
      index++
      return pseudonym('PERSON', word, 'realistic', given ? 'given' : 'family')
    })
    return result
  }

  /** `careful`: only bracketed codes, which nothing beside them can spoil. */
  function substitute(text: string, { type, start, end }: Piece, careful: boolean): string {
    const original = text.slice(start, end)
    const crowded = WORD.test(text[start - 1] ?? '') || WORD.test(text[end] ?? '')
    if (careful || crowded || style === 'token') return pseudonym(type, original, 'token')
    return type === 'PERSON' && !vault.pseudonymOf(type, original)
      ? person(original)
      : pseudonym(type, original, 'realistic')
  }

  function build(
    text: string,
    pieces: Replacement[],
    careful: boolean,
  ): { output: string; expected: string } {
    let output = ''
    let expected = ''
    let at = 0
    const literal = (to: number) => {
      // N3: what would be restored although it was never replaced is replaced as well.
      const met = [...vault.matches(text, at, to)].filter(({ end }) => end <= to)
      for (const { start, end } of met) {
        output += text.slice(at, start) + pseudonym('CUSTOM', text.slice(start, end), 'token')
        expected += text.slice(at, end)
        at = end
      }
      output += text.slice(at, to)
      expected += text.slice(at, to)
      at = to
    }
    for (const piece of pieces) {
      literal(piece.start)
      output += piece.mask ?? substitute(text, piece, careful)
      expected += piece.mask ?? text.slice(piece.start, piece.end)
      at = piece.end
    }
    literal(text.length)
    return { output, expected }
  }

  return {
    vault,
    /** @throws PressroomError `policy.not_restorable` rather than handing out what would not come back. */
    apply(text: string, pieces: Replacement[]): string {
      read(text)
      for (const careful of [false, false, true, true]) {
        const { output, expected } = build(text, pieces, careful)
        if (restore(vault, output) === expected) return output // N1
      }
      throw new PressroomError({
        code: 'policy.not_restorable',
        message: 'The text can’t be pseudonymised so that it comes back as it was.',
        fix: 'Mask or allow the types of data that it holds, or change the text.',
      })
    },
    restore: (text: string) => restore(vault, text),
    stream: () => createRestorer(vault),
  }
}

export type Pseudonymiser = ReturnType<typeof createPseudonymiser>
