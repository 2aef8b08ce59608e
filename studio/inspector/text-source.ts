import { type Splice, type TextPlace, editText, spliced, textAt } from '#graph'
import type { DraftSession } from '../canvas/use-draft.ts'

/** A text, as the control sees it in which it is typed. */
export interface TextSource {
  read(): string
  /** Takes what was typed, one change after the other. False where it is refused. */
  type(changes: readonly Splice[]): boolean
  /** Calls `changed` after every change, whoever made it. Returns what ends that. */
  follow?(changed: () => void): () => void
}

/** A text of the draft as it stands this very moment. What others type there at the same time stays. */
export function draftText(
  { doc, origin }: Pick<DraftSession, 'doc' | 'origin'>,
  place: () => TextPlace,
  accepts: (text: string) => boolean = () => true,
): TextSource {
  const read = () => textAt(doc, place())
  return {
    read,
    type(changes) {
      if (!accepts(changes.reduce(spliced, read()))) return false
      return changes.every((change) => editText(doc, place(), change, origin))
    },
    follow(changed) {
      doc.on('update', changed)
      return () => doc.off('update', changed)
    },
  }
}

/** A value that is written as a whole, such as a list with a line for each entry. */
export const modelText = (model: { value: string }): TextSource => ({
  read: () => model.value,
  type(changes) {
    model.value = changes.reduce(spliced, model.value)
    return true
  },
})
