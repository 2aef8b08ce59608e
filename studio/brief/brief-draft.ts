import type { BriefInput } from '#graph'

/** A brief while it is being answered: every field is there, nothing is checked yet. */
export interface BriefDraft {
  topic: string
  audience: string
  goal: string
  keyPoints: string[]
  tone: string
  constraints: string
  examples: string
  additionalContext: string
}

export const emptyDraft = (): BriefDraft => ({
  topic: '',
  audience: '',
  goal: '',
  keyPoints: [''],
  tone: '',
  constraints: '',
  examples: '',
  additionalContext: '',
})

export function draftOf(brief: BriefInput): BriefDraft {
  return { ...emptyDraft(), ...brief, keyPoints: [...brief.keyPoints] }
}

/** A stored draft, whatever version of the studio stored it. */
export function readDraft(stored: unknown): BriefDraft | null {
  if (typeof stored !== 'object' || stored === null) return null
  const draft = emptyDraft()
  for (const [key, value] of Object.entries(stored)) {
    if (key === 'keyPoints') {
      if (Array.isArray(value)) draft.keyPoints = value.filter((point) => typeof point === 'string')
    } else if (key in draft && typeof value === 'string') {
      draft[key as Exclude<keyof BriefDraft, 'keyPoints'>] = value
    }
  }
  if (draft.keyPoints.length === 0) draft.keyPoints = ['']
  return draft
}

export function isEmpty(draft: BriefDraft): boolean {
  return JSON.stringify(draft) === JSON.stringify(emptyDraft())
}

/** What is sent: rows left empty and optional fields without an answer are not part of it. */
export function asInput(draft: BriefDraft): Record<string, unknown> {
  const keyPoints = draft.keyPoints.map((point) => point.trim()).filter((point) => point !== '')
  const texts = Object.entries(draft).flatMap(([key, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[key, value.trim()]] : [],
  )
  return { ...Object.fromEntries(texts), keyPoints }
}

/** Moves one entry by one place; at the ends nothing happens. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const to = from + by
  if (to < 0 || to >= list.length) return [...list]
  return list.with(from, list[to] as T).with(to, list[from] as T)
}
