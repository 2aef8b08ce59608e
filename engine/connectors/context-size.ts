/** Room that Ollama has to set aside: it cuts a longer prompt silently, so it is always told. */
const SMALLEST = 4_096
const CHARACTERS_PER_TOKEN = 3.2

/** On the safe side: Latin letters share tokens, other scripts take about one each. */
export function estimateTokens(text: string): number {
  let latin = 0
  let other = 0
  for (const character of text) {
    if (character < '\u0250') latin += 1
    else other += 1
  }
  return Math.ceil(latin / CHARACTERS_PER_TOKEN + other)
}

/** Powers of two, because Ollama loads the model again whenever this number changes. */
export function contextSize(promptTokens: number, maxOutputTokens: number): number {
  let size = SMALLEST
  while (size < promptTokens + maxOutputTokens + 128) size *= 2
  return size
}
