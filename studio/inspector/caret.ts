/**
 * Where the caret belongs after somebody else changed the text around it: behind the same character as before. When
 * that very stretch was replaced, it goes to the end of what replaced it.
 */
export function caretAfter(before: string, after: string, caret: number): number {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  if (caret <= start) return caret
  if (caret >= before.length - end) return caret + after.length - before.length
  return after.length - end
}
