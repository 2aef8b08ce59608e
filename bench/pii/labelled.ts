import type { EntityType } from '#gateway'

export interface Labelled {
  text: string
  labels: { type: EntityType; start: number; end: number }[]
}

/** Reads `Ask «PERSON:Ada Lovelace» today.`: the text without its marks, and where they were. */
export function labelled(marked: string): Labelled {
  let text = ''
  let at = 0
  const labels: Labelled['labels'] = []
  for (const match of marked.matchAll(/«([A-Z_]+):([^»]+)»/g)) {
    const [all, type = '', value = ''] = match
    text += marked.slice(at, match.index)
    labels.push({ type: type as EntityType, start: text.length, end: text.length + value.length })
    text += value
    at = match.index + all.length
  }
  return { text: text + marked.slice(at), labels }
}
