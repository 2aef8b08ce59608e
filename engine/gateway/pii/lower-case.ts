/** In lower case, with every character where it was: "İ" has no lower case of its own length and stays. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  const one = (character: string) => {
    const small = character.toLowerCase()
    return small.length === character.length ? small : character
  }
  return Array.from(text, one).join('')
}
