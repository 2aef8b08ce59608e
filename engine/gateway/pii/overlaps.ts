import type { Detection } from './types.ts'

/** Types that say more than any reading of the same characters as a name, a number or a place. */
const worth = ({ score, start, end, type }: Detection) =>
  score * (end - start) + (type === 'CUSTOM' || type === 'CODENAME' || score === 1 ? 1_000 : 0)
const SHORTEST_REST = 3

/**
 * Of readings that share characters the one that explains most of them holds; what sticks out of another stays as a
 * rest of its own, for it was found for a reason. Ordered by place, without overlaps; time n log n.
 */
export function withoutOverlaps(found: Detection[], text: string): Detection[] {
  const taken = new Uint8Array(text.length + 1)
  const kept: Detection[] = []
  for (const one of found.toSorted((left, right) => worth(right) - worth(left) || left.start - right.start)) {
    let from = one.start
    let to = one.end
    while (from < to && taken[from]) from++
    while (to > from && taken[to - 1]) to--
    const whole = from === one.start && to === one.end
    const rest = whole ? { from, to } : trimmed(text, from, to)
    if (rest.to - rest.from < (whole ? 1 : SHORTEST_REST) || anyTaken(taken, rest.from, rest.to)) continue
    if (!whole && !/\p{L}{3}|\d{3}/u.test(text.slice(rest.from, rest.to))) continue
    taken.fill(1, rest.from, rest.to)
    kept.push({ ...one, start: rest.from, end: rest.to })
  }
  return kept.sort((left, right) => left.start - right.start)
}

function trimmed(text: string, from: number, to: number): { from: number; to: number } {
  const part = text.slice(from, to)
  const inner = part.trim()
  const start = from + part.indexOf(inner)
  return { from: start, to: start + inner.length }
}

function anyTaken(taken: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (taken[at]) return true
  return false
}
