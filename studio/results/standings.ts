import type { RunDocument } from '#graph'

export type DocumentDraft = RunDocument['drafts'][number]
export type DocumentEvaluation = RunDocument['evaluations'][number]

/** A draft with its place, what was thought of it and who wrote with what. */
export interface Standing {
  draft: DocumentDraft
  /** "Creative, edited by Clarity". */
  name: string
  rank: number | null
  meanScore: number | null
  points: number | null
  initial: DocumentEvaluation[]
  final: DocumentEvaluation[]
  winner: boolean
  sample: boolean
}

/** Drafts by place; those without one last, in the flow's order. */
export function standingsOf(document: RunDocument): Standing[] {
  const sampleModels = new Set(
    document.models.filter(({ provider }) => provider === 'sample').map(({ id }) => id),
  )
  const standings = document.drafts.map((draft): Standing => {
    const judged = judgedAs(document, draft)
    const place = document.ranking.find(({ draftId }) => draftId === judged)
    const own = document.evaluations.filter(({ draftId }) => draftId === judged)
    return {
      draft,
      name: nameOf(draft),
      rank: place?.rank ?? null,
      meanScore: place?.meanScore ?? null,
      points: place?.points ?? null,
      initial: own.filter(({ stage }) => stage === 'initial'),
      final: own.filter(({ stage }) => stage === 'final'),
      winner: document.deliverable?.winner === draft.id,
      sample: sampleModels.has(draft.model),
    }
  })
  const placeOf = ({ rank }: Standing) => rank ?? Number.MAX_SAFE_INTEGER
  return standings.sort((a, b) => placeOf(a) - placeOf(b))
}

/** A draft that was changed after it was judged keeps what was said of the one it was made from. */
function judgedAs({ drafts, ranking, evaluations }: RunDocument, { id, parent }: DocumentDraft): string {
  const about = (draft: string) => [...ranking, ...evaluations].some(({ draftId }) => draftId === draft)
  const gone = parent !== null && !drafts.some((one) => one.id === parent)
  return gone && !about(id) ? parent : id
}

function nameOf({ writerName, editorName, revisions }: DocumentDraft): string {
  const last = revisions.at(-1)?.author
  const name = editorName ? `${writerName}, edited by ${editorName}` : writerName
  return last?.role === 'person' ? `${name}, changed by ${last.name}` : name
}

export const DRAFT_STATUS_WORDS: Record<string, string> = {
  written: 'As written, not edited',
  approved: 'Approved by the editor',
  max_cycles_reached: 'Editing stopped at its limit',
}
