/** What people decide on, as text that they can read and edit, and what their decision came to. */
import { z } from 'zod'
import { type Author, NO_USAGE, deliverableSchema, draftSchema } from './values.ts'

type Content = z.infer<ReturnType<typeof z.json>>

/** What a step that waited for an approval goes on with. `content` is what was decided on, edits included. */
export const outcomeSchema = z.object({
  verdict: z.enum(['approved', 'rejected', 'sent_back']),
  content: z.json(),
  notes: z.string(),
  /** Where it was sent back to. An earlier step has worked on `content` already when the node goes on. */
  to: z.string().nullable().default(null),
  /** Names of the people who decided. */
  by: z.array(z.string()),
})
export type ApprovalOutcome = z.infer<typeof outcomeSchema>

/** `json`: there is no text in it, so all of it is shown. */
export function readable(content: Content): { text: string; form: 'text' | 'json' } {
  if (typeof content === 'string') return { text: content, form: 'text' }
  const draft = draftSchema.safeParse(content)
  if (draft.success) return { text: draft.data.text, form: 'text' }
  const best = bestOf(content)
  if (best) return { text: best.version.text, form: 'text' }
  return { text: JSON.stringify(content, null, 2), form: 'json' }
}

/** The content with this text: a draft gains a revision by `author`; null where it takes JSON and this is none. */
export function withText(content: Content, text: string, author: Author): Content | null {
  if (typeof content === 'string') return text
  const { success, data: draft } = draftSchema.safeParse(content)
  if (success) {
    const number = draft.revisions.length + 1
    const revision = { number, text, author, notes: [], usage: NO_USAGE }
    return { ...draft, text, revisions: [...draft.revisions, revision] }
  }
  const best = bestOf(content)
  if (best) {
    const { deliverable, version } = best
    const versions = deliverable.versions.map((one) => (one === version ? { ...one, text } : one))
    return { ...deliverable, versions }
  }
  const json = z.json()
  try {
    return json.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Of a deliverable, the version that counts. */
function bestOf(content: Content) {
  const { success, data: deliverable } = deliverableSchema.safeParse(content)
  if (!success) return null
  const version = deliverable.versions.find(({ current }) => current) ?? deliverable.versions[0]
  return version ? { deliverable, version } : null
}
