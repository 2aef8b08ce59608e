export interface Findable {
  name: string
  summary: string
  description: string
  contentTypeName: string
}

/** Those that hold every word asked for, anywhere. */
export function matching<T extends Findable>(templates: readonly T[], wanted: string): T[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  return templates.filter(({ name, summary, description, contentTypeName }) => {
    const text = `${name} ${summary} ${description} ${contentTypeName}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
