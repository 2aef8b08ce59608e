import { spliceBetween } from '#graph'

/**
 * Where the caret belongs after somebody else changed the text around it: behind the same character as before. When
 * that very stretch was replaced, it goes to the end of what replaced it.
 */
export function caretAfter(before: string, after: string, caret: number): number {
  const change = spliceBetween(before, after)
  if (!change || caret <= change.at) return caret
  const { at, remove, insert } = change
  return caret >= at + remove ? caret + insert.length - remove : at + insert.length
}
