import { type Change, diffWordsWithSpace } from 'diff'
import type { DocumentDraft } from './standings.ts'

type Revision = DocumentDraft['revisions'][number]
type Review = DocumentDraft['reviews'][number]

export type HistoryEntry =
  | { kind: 'revision'; revision: Revision; changes: Change[] | null }
  | { kind: 'review'; review: Review }

/** A draft's life in order: each version with what changed since the one before, and every verdict on it. */
export function historyOf({
  revisions,
  reviews,
}: Pick<DocumentDraft, 'revisions' | 'reviews'>): HistoryEntry[] {
  return revisions.flatMap((revision, index): HistoryEntry[] => {
    const before = revisions[index - 1]
    const changes = before ? diffWordsWithSpace(before.text, revision.text) : null
    const verdicts = reviews.filter((review) => review.revision === revision.number)
    return [
      { kind: 'revision', revision, changes },
      ...verdicts.map((review) => ({ kind: 'review' as const, review })),
    ]
  })
}

export interface Passage {
  kind: 'same' | 'added' | 'removed' | 'left-out'
  text: string
}

const KEPT_AROUND = 160

/** Changes as passages to show; of long unchanged stretches only the ends are kept. */
export function passagesOf(changes: readonly Change[], whole: boolean): Passage[] {
  return changes.flatMap(({ value, added, removed }, index): Passage[] => {
    if (added) return [{ kind: 'added', text: value }]
    if (removed) return [{ kind: 'removed', text: value }]
    if (whole || value.length <= 3 * KEPT_AROUND) return [{ kind: 'same', text: value }]
    const head = index === 0 ? '' : value.slice(0, KEPT_AROUND).replace(/\S*$/, '')
    const tail = index === changes.length - 1 ? '' : value.slice(-KEPT_AROUND).replace(/^\S*\s?/, '')
    return [
      { kind: 'same', text: head },
      { kind: 'left-out', text: '' },
      { kind: 'same', text: tail },
    ]
  })
}
