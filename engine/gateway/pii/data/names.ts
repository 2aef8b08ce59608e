import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AMBIGUOUS_NAMES } from './ambiguous-names.ts'
import { COMMON_WORDS } from './common-words.ts'

/**
 * given-names.txt: about 5,000 are from the npm package human-names 1.0.13 (MIT, Alessandro Minoccheri), the others were
 * added by hand, as surnames.txt was. Without accents both spellings are known.
 */
const listed = (file: string): Set<string> => both(readFileSync(join(import.meta.dirname, file), 'utf8'))

const both = (text: string): Set<string> => {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return new Set(words.flatMap((word) => [word, word.normalize('NFD').replace(/\p{M}/gu, '')]))
}

export const GIVEN = listed('given-names.txt')
export const SURNAMES = listed('surnames.txt')
export const AMBIGUOUS = both(AMBIGUOUS_NAMES)
export const COMMON = new Set(COMMON_WORDS.split(/\s+/))
