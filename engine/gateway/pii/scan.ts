import type { Detection, EntityType } from './types.ts'
import { Words } from './words.ts'

/** One text under examination, with what several recognisers need. */
export class Scan {
  readonly text: string
  readonly regions: readonly string[]
  #words: Words | undefined

  constructor(text: string, regions: readonly string[]) {
    this.text = text
    this.regions = regions
  }

  get words(): Words {
    return (this.#words ??= new Words(this.text))
  }

  /** Whether a pattern is met shortly before a place, in the same paragraph. */
  before(at: number, pattern: RegExp, reach = 40): boolean {
    const from = Math.max(0, at - reach)
    const text = this.text.slice(from, at)
    return pattern.test(text.slice(text.lastIndexOf('\n\n') + 1))
  }

  /** Whether a pattern is met shortly before or after a span. */
  around(start: number, end: number, pattern: RegExp, reach = 40): boolean {
    return this.before(start, pattern, reach) || pattern.test(this.text.slice(end, end + reach))
  }
}

/** Finds entities of its types in time linear in the text. Its patterns bound every repetition. */
export interface Recogniser {
  name: string
  types: readonly EntityType[]
  find(scan: Scan): Iterable<Detection>
}

/** A bounded pattern for one type; `score` looks at a match and says how certain it is, 0 for not at all. */
export function pattern(
  type: EntityType,
  expression: RegExp,
  score: (match: string, at: number, scan: Scan) => number,
): (scan: Scan) => Generator<Detection> {
  return function* (scan) {
    for (const match of scan.text.matchAll(expression)) {
      const found = match.groups?.['value'] ?? match[0]
      const start = match.index + match[0].indexOf(found)
      const certainty = score(found, start, scan)
      if (certainty > 0) yield { type, start, end: start + found.length, score: certainty }
    }
  }
}
