/** What a run was about, from its input. */
export function topicOf(input: unknown): string | null {
  const brief = fieldOf(input, 'brief')
  const topic = fieldOf(brief, 'topic')
  return typeof topic === 'string' && topic !== '' ? topic : null
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined
}
