/** What kinds of characters there are, looked up instead of asked of a pattern: this runs over every character. */
const OTHER = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3

let kinds: Uint8Array | undefined

function kindsOfCharacters(): Uint8Array {
  const table = new Uint8Array(0x1_0000)
  for (let code = 0; code < table.length; code++) {
    const character = String.fromCharCode(code)
    if (/\p{Lu}|\p{Lt}/u.test(character)) table[code] = UPPER
    else if (/\p{L}|\p{M}/u.test(character)) table[code] = LOWER
    else if (/\p{Nd}|_/u.test(character)) table[code] = DIGIT
  }
  return table
}

export const LOWER_CASE = 0
export const CAPITALISED = 1
export const UPPER_CASE = 2

/** The words of a text: letters, with apostrophes and hyphens between them. Digits end a word and spoil it. */
export class Words {
  readonly text: string
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly shapes: number[] = []
  #lower: string[] = []

  constructor(text: string) {
    this.text = text
    const table = (kinds ??= kindsOfCharacters())
    const kind = (at: number) => table[text.charCodeAt(at)] ?? OTHER
    for (let at = 0; at < text.length;) {
      const first = kind(at)
      if (first === OTHER) {
        at++
        continue
      }
      const start = at
      let digits = false
      let uppers = 0
      let letters = 0
      for (; at < text.length; at++) {
        const next = kind(at)
        if (next === OTHER) {
          const code = text.charCodeAt(at)
          const joins = code === 0x27 || code === 0x2d
          const after = at + 1 < text.length ? kind(at + 1) : OTHER
          if (!joins || at === start || (after !== LOWER && after !== UPPER)) break
        } else if (next === DIGIT) digits = true
        else {
          letters++
          if (next === UPPER) uppers++
        }
      }
      if (digits) continue
      this.starts.push(start)
      this.ends.push(at)
      this.shapes.push(
        first !== UPPER ? LOWER_CASE : uppers === letters && letters > 1 ? UPPER_CASE : CAPITALISED,
      )
    }
  }

  get count(): number {
    return this.starts.length
  }

  start(index: number): number {
    return this.starts[index] ?? this.text.length
  }

  end(index: number): number {
    return this.ends[index] ?? this.text.length
  }

  shape(index: number): number {
    return this.shapes[index] ?? LOWER_CASE
  }

  at(index: number): string {
    return this.text.slice(this.start(index), this.end(index))
  }

  /** In lower case, without the possessive 's. */
  lower(index: number): string {
    return (this.#lower[index] ??= this.at(index).toLowerCase().replace(/'s$/, ''))
  }

  /** What stands between a word and the next. */
  gap(index: number): string {
    return this.text.slice(this.end(index), this.start(index + 1))
  }

  /** Where the word ends without its possessive. */
  bareEnd(index: number): number {
    const end = this.end(index)
    return /^'s$/i.test(this.text.slice(end - 2, end)) && end - 2 > this.start(index) ? end - 2 : end
  }
}
