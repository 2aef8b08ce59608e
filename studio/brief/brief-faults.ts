import { type BriefField, type BriefInput, briefInputSchema, z } from '#graph'
import { type BriefDraft, asInput } from './brief-draft.ts'

// Compiled validators need `eval`, which the studio's content security policy rightly refuses.
z.config({ jitless: true })

/** Messages by place: `audience`, `keyPoints`, `keyPoints.2` (the row as the person sees it, empty rows counted). */
export type BriefFaults = Record<string, string>

export function checkBrief(
  draft: BriefDraft,
  form: readonly BriefField[],
): { brief: BriefInput; faults: null } | { brief: null; faults: BriefFaults } {
  const checked = briefInputSchema.safeParse(asInput(draft))
  if (checked.success) return { brief: checked.data, faults: null }
  const faults: BriefFaults = {}
  for (const issue of checked.error.issues) {
    const [key, index] = issue.path
    const place = typeof index === 'number' ? `keyPoints.${rowOf(draft, index)}` : String(key)
    const label = form.find((field) => field.key === key)?.label ?? String(key)
    faults[place] ??= messageOf(issue, label)
  }
  return { brief: null, faults }
}

/** The row of the `index`-th answered key point. */
function rowOf(draft: BriefDraft, index: number): number {
  const answered = draft.keyPoints.flatMap((point, row) => (point.trim() === '' ? [] : [row]))
  return answered[index] ?? index
}

function messageOf(issue: z.core.$ZodIssue, label: string): string {
  if (issue.code === 'too_big') {
    return issue.origin === 'array'
      ? `At most ${issue.maximum} entries fit here.`
      : `This is too long: at most ${issue.maximum} characters fit.`
  }
  if (issue.path[0] === 'keyPoints') return 'Name at least one point that the text has to make.'
  if (issue.path[0] === 'tone') return 'Choose a tone.'
  return `${label} is needed.`
}
