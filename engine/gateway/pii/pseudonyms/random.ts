import { createHmac } from 'node:crypto'

/** Choices that a key and a text determine: who has the key makes the same ones again, who has not learns nothing. */
export class Choices {
  #bytes: Buffer
  #at = 0
  readonly #key: string
  readonly #label: string

  constructor(key: string, label: string) {
    this.#key = key
    this.#label = label
    this.#bytes = createHmac('sha256', key).update(label).digest()
  }

  below(limit: number): number {
    if (this.#at + 4 > this.#bytes.length) {
      this.#bytes = createHmac('sha256', this.#key).update(this.#bytes).update(this.#label).digest()
      this.#at = 0
    }
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value % limit
  }

  of<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  from(characters: string): string {
    return characters[this.below(characters.length)] ?? ''
  }

  digit(): string {
    return String(this.below(10))
  }
}
