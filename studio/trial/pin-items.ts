import {
  type Catalog,
  type Finding,
  type GivenItem,
  NO_USAGE,
  PORT_SCHEMAS,
  type PortType,
  check,
  exampleAuthor,
  exampleBrief,
  exampleDraft,
  exampleEvaluation,
  labelOf,
} from '#graph'

/** What can be edited as plain text: a text itself, or the text of what has one. */
export function textIn(value: unknown): string | null {
  if (typeof value === 'string') return value
  return isRecord(value) && typeof value['text'] === 'string' ? value['text'] : null
}

/** The same value with another text. A draft's last revision is its text, so that goes along. */
export function withText(value: unknown, text: string): unknown {
  if (!isRecord(value)) return text
  const revisions = value['revisions']
  const last: unknown = Array.isArray(revisions) ? revisions.at(-1) : null
  const changed = { ...value, text }
  if (!Array.isArray(revisions) || !isRecord(last)) return changed
  return { ...changed, revisions: [...revisions.slice(0, -1), { ...last, text }] }
}

/** What an output of this type does not carry, by the path within the item. */
export const faultsOf = (type: PortType, value: unknown): Finding[] =>
  check(PORT_SCHEMAS[type], value, { code: 'trial.item_invalid' }).findings

/** A further item: like the last one, or a small complete example to write over. Drafts get ids of their own. */
export function freshItem(
  type: PortType,
  there: readonly GivenItem[],
  catalog: Catalog | null,
  id: string,
): GivenItem {
  const last = there.at(-1)
  const value = json(last && type !== 'text' ? last.value : exampleOf(type, catalog))
  const own = isRecord(value) && type === 'draft' ? json({ ...value, id }) : value
  return { label: last ? `${labelOf(own)} ${there.length + 1}` : labelOf(own), value: own }
}

function exampleOf(type: PortType, catalog: Catalog | null): unknown {
  const model = (catalog?.models.find((one) => one.agent === null) ?? catalog?.models[0])?.id ?? ''
  const author = exampleAuthor('evaluator', { model })
  const ballot = { ...exampleEvaluation('draft-1', [7]), evaluator: author }
  switch (type) {
    case 'text':
      return ''
    case 'brief':
      return exampleBrief
    case 'draft': {
      const draft = exampleDraft({ model })
      const revisions = draft.revisions.map((revision) => {
        return { ...revision, author: { ...revision.author, model }, usage: NO_USAGE }
      })
      return { ...draft, revisions }
    }
    case 'evaluation':
      return ballot
    case 'ranking':
      return { entries: [], ballots: [], method: 'By hand', note: null }
    case 'deliverable':
      return { title: 'Sample', contentType: 'blog-post', winner: null, note: null, versions: [] }
    case 'image':
    case 'audio':
    case 'file':
      return { name: 'sample', mediaType: 'text/plain', bytes: 0, handle: '' }
    default:
      return {}
  }
}

const json = (value: unknown): GivenItem['value'] => JSON.parse(JSON.stringify(value)) as GivenItem['value']

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
