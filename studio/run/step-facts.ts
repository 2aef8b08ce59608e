import type { LiveCall, RunView, StepView } from '#graph'
import { dateTime } from '../ui/format.ts'
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

/** Names of the models that a step spoke through; before its first call those that it may speak through. */
export function modelsOf(card: StepCard, labels: Record<string, string>): string[] {
  const used = card.step?.calls.map(({ model }) => model) ?? []
  const known = card.planned?.models.map(({ id }) => id) ?? card.step?.models ?? []
  const ids = used.length > 0 ? used : known
  return [...new Set(ids.map((id) => labels[id] ?? id))]
}

/** The object or list that a structured reply holds; null for prose. */
export function structured(text: string): object | null {
  if (!isStructured(text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    // Prose that begins with a bracket, or a reply that is cut off: shown as it stands.
    return null
  }
}

/** A field's name as people read it: "proposedScore" and "proposed_score" are "Proposed score". */
export function fieldName(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "Clarity editor on Creative writer": who works, and on whose work. */
export function splitLabel(label: string): { who: string; on: string } {
  const at = label.indexOf(' on ')
  return at < 0 ? { who: label, on: '' } : { who: label.slice(0, at), on: label.slice(at + 1) }
}

export const isStructured = (text: string): boolean => /^\s*[{[]/.test(text)

/** "Waits for a call from another system until 9 Mar, 09:00." */
export function waitWords({ kind, until }: NonNullable<StepView['wait']>): string {
  const what = {
    timer: 'Waits',
    callback: 'Waits for a call from another system',
    decision: 'Waits for a decision',
    approval: 'Waits for people to decide',
    runs: 'Waits for runs of another flow',
  }[kind]
  return until === null ? `${what}.` : `${what} until ${dateTime(until)}.`
}
