import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_USAGE, type RunDocument } from '#graph'
import { escaped, fileName, htmlPage } from './export.ts'
import { historyOf, passagesOf } from './revisions.ts'
import { type DocumentDraft, standingsOf } from './standings.ts'

const author = { role: 'writer' as const, slug: 'creative', name: 'Creative', model: 'm1' }
const revision = (number: number, text: string) => ({ number, text, author, notes: [], usage: NO_USAGE })
const review = (of: number, approved: boolean) => ({
  revision: of,
  editor: { ...author, role: 'editor' as const },
  approved,
  reason: '',
  notes: [],
  usage: NO_USAGE,
})
const draft = (id: string, model = 'm1'): DocumentDraft => ({
  id,
  parent: null,
  writer: 'creative',
  editor: null,
  writerName: 'Creative',
  editorName: null,
  model,
  modelLabel: model,
  status: 'written',
  text: '',
  revisions: [revision(1, 'a')],
  reviews: [],
})
const place = (draftId: string, rank: number | null) => ({
  draftId,
  meanScore: 7,
  evaluations: 1,
  initialRank: rank,
  points: null,
  rank,
})
const documentOf = (parts: Partial<RunDocument>): RunDocument => ({
  runId: 'r',
  flow: { id: null, name: 'Swarm' },
  status: 'succeeded',
  seed: 1,
  input: {},
  createdAt: '',
  finishedAt: null,
  failure: null,
  plan: { drafts: 0, steps: [], maxCalls: 0, destinations: [], exact: true },
  trial: null,
  replay: null,
  retryOf: null,
  rerunOf: null,
  childOf: null,
  madeOfIt: [],
  failedSteps: 0,
  drafts: [],
  evaluations: [],
  ranking: [],
  rankingMethod: null,
  rankingNote: null,
  deliverable: null,
  outputs: [],
  usage: NO_USAGE,
  models: [],
  ...parts,
})

test('drafts stand by their final place and those without one come last', () => {
  const drafts = ['none', 'second', 'first', 'alone'].map((id) => draft(id))
  const ranking = [place('first', 1), place('second', 2), place('none', null)]
  const standings = standingsOf(documentOf({ drafts, ranking }))
  expect(standings.map(({ draft: { id } }) => id)).toEqual(['first', 'second', 'none', 'alone'])
})

test('a draft that a person changed after it was ranked keeps its place and says by whom it was changed', () => {
  const grace = { role: 'person' as const, slug: 'u', name: 'Grace', model: '' }
  const revisions = [revision(1, 'a'), { ...revision(2, 'b'), author: grace }]
  const changed = { ...draft('changed'), parent: 'ranked', revisions }
  const ranking = [place('other', 1), place('ranked', 2)]
  const standings = standingsOf(documentOf({ drafts: [changed, draft('other')], ranking }))
  expect(standings.map(({ name, rank }) => [name, rank])).toEqual([
    ['Creative', 1],
    ['Creative, changed by Grace', 2],
  ])
})

test('only what the sample model wrote is marked as the sample model’s', () => {
  const models = [
    { id: 'm1', label: 'Sample model: no AI', provider: 'sample', local: true },
    { id: 'm2', label: 'Llama', provider: 'ollama', local: true },
  ]
  const standings = standingsOf(documentOf({ drafts: [draft('a', 'm1'), draft('b', 'm2')], models }))
  expect(standings.map(({ sample }) => sample)).toEqual([true, false])
})

test('a history tells each version, what changed since the one before, and the verdicts on it, in order', () => {
  const history = historyOf({
    ...draft('a'),
    revisions: [revision(1, 'One two'), revision(2, 'One three')],
    reviews: [review(2, true), review(1, false)],
  })
  expect(history.map(({ kind }) => kind)).toEqual(['revision', 'review', 'revision', 'review'])
  expect(history[0]).toMatchObject({ changes: null })
  expect(history[2]).toMatchObject({
    changes: [{ value: 'One ' }, { removed: true, value: 'two' }, { added: true, value: 'three' }],
  })
})

test('the passages of a diff hold both versions, letter by letter', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      (before, after) => {
        const [, , second] = historyOf({
          ...draft('a'),
          revisions: [revision(1, before), revision(2, after)],
          reviews: [review(1, false)],
        })
        const passages = passagesOf(second?.kind === 'revision' ? (second.changes ?? []) : [], true)
        const without = (kind: string) =>
          passages
            .filter((passage) => passage.kind !== kind)
            .map(({ text }) => text)
            .join('')
        expect([without('added'), without('removed')]).toEqual([before, after])
      },
    ),
  )
})

test('of a long unchanged stretch only what lies next to a change is shown', () => {
  const long = 'word '.repeat(200)
  const kinds = passagesOf(
    [
      { value: long, added: false, removed: false, count: 1 },
      { value: 'x', added: true, removed: false, count: 1 },
    ],
    false,
  )
  expect(kinds.map(({ kind }) => kind)).toEqual(['same', 'left-out', 'same', 'added'])
  expect(kinds[0]?.text).toBe('')
})

test('a file name keeps letters of any language and never a path', () => {
  expect(fileName('Über uns: ../../etc/passwd', 'md')).toBe('über-uns-etc-passwd.md')
  expect(fileName('???', 'html')).toBe('draft.html')
})

test('a title with markup is text in the exported page', () => {
  expect(escaped(`<script>"x" & 'y'`)).toBe('&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;')
  expect(htmlPage('</title><script>alert(1)</script>', '<p>Body</p>', null)).not.toContain('<script>')
})
