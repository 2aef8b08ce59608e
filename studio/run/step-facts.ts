import type { LiveCall, RunView, StepView } from '#graph'
import type { StepCard } from './lanes.ts'

/** What a model is writing for this step right now; the call that began last. */
export function liveCallOf(view: RunView, step: StepView | null): LiveCall | null {
  if (!step) return null
  return Object.values(view.live).findLast(({ stepId }) => stepId === step.id) ?? null
}

/** Milliseconds that the current or last attempt took so far; null before the first one. */
export function elapsedOf(step: StepView | null, now: number): number | null {
  if (!step?.startedAt) return null
  return (step.finishedAt ? Date.parse(step.finishedAt) : now) - Date.parse(step.startedAt)
}

/** Names of the models that a step speaks through; those that it did use, once it has started. */
export function modelsOf(card: StepCard, labels: Record<string, string>): string[] {
  const ids = card.step?.models.length ? card.step.models : (card.planned?.models.map(({ id }) => id) ?? [])
  return [...new Set(ids.map((id) => labels[id] ?? id))]
}

/** A structured reply, one line per field, as people can read it; any other text as it is. */
export function readable(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : text
  } catch {
    // Prose, or a structured reply that is still being written: shown as it stands.
    return text
  }
}

export const isStructured = (text: string): boolean => /^\s*[{[]/.test(text)
