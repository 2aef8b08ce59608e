/** Chance that is the same for the same words: drawn from a text, never from a clock. */
export interface Random {
  /** In [0, 1). */
  next(): number
  chance(probability: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
  /** Hands out the items in shuffled order and starts over when all were given. */
  deck<T>(items: readonly [T, ...T[]]): () => T
}

export function createRandom(text: string): Random {
  let state = hash(text)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const pick = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(next() * items.length)] ?? items[0]
  return {
    next,
    chance: (probability) => next() < probability,
    pick,
    deck(items) {
      let left: (typeof items)[number][] = []
      return () => {
        if (left.length === 0) left = [...items]
        return left.splice(Math.floor(next() * left.length), 1)[0] ?? items[0]
      }
    },
  }
}

/** FNV-1a. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
