/** One change of a text: from `at` on, `remove` characters give way to `insert`. In UTF-16 units, never half a pair. */
export interface Splice {
  at: number
  remove: number
  insert: string
}

export const spliced = (text: string, { at, remove, insert }: Splice): string =>
  text.slice(0, at) + insert + text.slice(at + remove)

/**
 * What makes `after` of `before`; null where they are equal. Where letters repeat, several places would do: `caret`,
 * where the typing ended in `after`, says which.
 */
export function spliceBetween(before: string, after: string, caret = after.length): Splice | null {
  if (before === after) return null
  const shorter = Math.min(before.length, after.length)
  const mostBehind = Math.min(shorter, after.length - Math.min(caret, after.length))
  let behind = 0
  while (behind < mostBehind && before.at(-1 - behind) === after.at(-1 - behind)) behind++
  let start = 0
  while (start < shorter - behind && before[start] === after[start]) start++
  while (behind < shorter - start && before.at(-1 - behind) === after.at(-1 - behind)) behind++
  if (splitsPair(before, start) || splitsPair(after, start)) start--
  if (splitsPair(before, before.length - behind) || splitsPair(after, after.length - behind)) behind--
  return {
    at: start,
    remove: before.length - behind - start,
    insert: after.slice(start, after.length - behind),
  }
}

const splitsPair = (text: string, at: number): boolean =>
  /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at))

/**
 * The same change in a text that `other` has changed meanwhile: it takes none of the letters that came with `other`,
 * and so may fall into two. To be applied in this order.
 */
export function rebased({ at, remove, insert }: Splice, other: Splice | null): Splice[] {
  if (!other) return [{ at, remove, insert }]
  const [end, otherEnd] = [at + remove, other.at + other.remove]
  const shift = other.insert.length - other.remove
  if (end <= other.at) return [{ at, remove, insert }]
  if (at >= otherEnd) return [{ at: at + shift, remove, insert }]
  const behind = { at: other.at + other.insert.length, remove: Math.max(0, end - otherEnd), insert: '' }
  const before = Math.max(0, other.at - at)
  const own =
    at < other.at ? { at, remove: before, insert } : { at: other.at + other.insert.length, remove: 0, insert }
  return [behind, own].filter((one) => one.remove > 0 || one.insert !== '')
}
