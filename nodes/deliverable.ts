import { defineNode, exampleAgent, exampleBrief, exampleDraft, template, valueAt, z } from '#sdk'
import type { Deliverable, Draft, Ranking } from '#sdk'

interface Place {
  draft: Draft
  rank: number | null
  meanScore: number | null
  points: number | null
}

const unplaced = (draft: Draft): Place => ({ draft, rank: null, meanScore: null, points: null })

/** The drafts in ranking order; drafts without a place follow in the flow's order. */
export function placed(drafts: Draft[], ranking: Ranking | undefined): Place[] {
  const byId = new Map(drafts.map((draft) => [draft.id, draft]))
  // A draft that was changed after it was ranked keeps the place of the one it was made from.
  const madeFrom = new Map(drafts.flatMap((draft) => (draft.parent === null ? [] : [[draft.parent, draft]])))
  const ranked = (ranking?.entries ?? [])
    .flatMap(({ draftId, rank, meanScore, points }) => {
      const draft = byId.get(draftId) ?? madeFrom.get(draftId)
      return draft === undefined ? [] : [{ draft, rank, meanScore, points }]
    })
    .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0)
  const seen = new Set(ranked.map(({ draft }) => draft.id))
  return [...ranked, ...[...byId.values()].filter(({ id }) => !seen.has(id)).map(unplaced)]
}

function noWinner(drafts: Draft[], ranking: Ranking | undefined): string {
  if (drafts.length === 0) return 'There is no winner: no draft was finished.'
  if (ranking === undefined) return 'There is no winner: no ranking was made. The versions are in no order.'
  return `There is no winner. ${ranking.note ?? 'No draft was ranked.'} The versions are in no order.`
}

export default defineNode({
  type: 'deliverable',
  version: 1,
  title: 'Deliverable',
  summary: 'Puts the best drafts together as one piece of work with ranked versions, the best one current.',
  category: 'output',
  icon: 'document-text-outline',
  mode: 'all',
  config: z.object({
    topNForDeliverable: z.number().int().min(1).max(10).default(3).meta({
      title: 'Versions to deliver',
      description: 'The best drafts, with the best one current.',
    }),
    title: template().optional().meta({
      title: 'Title',
      description: "What the deliverable is called. The brief's topic when left empty.",
    }),
  }),
  inputs: {
    ranking: { type: 'ranking', title: 'Ranking' },
    drafts: { type: 'draft', title: 'Drafts', required: true },
  },
  outputs: { deliverable: { type: 'deliverable', title: 'Deliverable' } },
  uses: [],
  examples: [
    {
      title: 'delivers the best drafts in order of rank',
      config: { topNForDeliverable: 2 },
      inputs: {
        drafts: [
          exampleDraft({ id: 'c', text: 'Third' }),
          exampleDraft({ id: 'b', text: 'Second' }),
          exampleDraft({ id: 'a', text: 'First', editor: exampleAgent('editor') }),
        ],
        ranking: [
          {
            entries: [
              { draftId: 'a', meanScore: 8.5, evaluations: 1, initialRank: 2, points: 100, rank: 1 },
              { draftId: 'b', meanScore: 8.75, evaluations: 1, initialRank: 1, points: 60, rank: 2 },
              { draftId: 'c', meanScore: 4, evaluations: 1, initialRank: 3, points: null, rank: 3 },
            ],
            ballots: [],
            method: 'By the final.',
            note: null,
          },
        ],
      },
      outputs: {
        deliverable: [
          {
            title: exampleBrief.topic,
            contentType: 'blog-post',
            winner: 'a',
            note: null,
            versions: [
              {
                rank: 1,
                current: true,
                text: 'First',
                writer: 'Creative writer',
                editor: 'Clarity editor',
                points: 100,
              },
              { rank: 2, current: false, text: 'Second', editor: null, meanScore: 8.75 },
            ],
          },
        ],
      },
    },
    {
      title: 'says so when there is no winner',
      config: { title: 'Calendar article' },
      inputs: { drafts: [exampleDraft({ id: 'a' })], ranking: [] },
      outputs: {
        deliverable: [
          {
            title: 'Calendar article',
            winner: null,
            note: 'There is no winner: no ranking was made. The versions are in no order.',
            versions: [{ rank: null, current: false, draftId: 'a' }],
          },
        ],
      },
    },
  ],
  run({ run, config, gathered }) {
    const [ranking] = gathered.ranking
    const places = placed(gathered.drafts, ranking)
    const best = places.find(({ rank }) => rank === 1)
    const topic = gathered.drafts[0]?.brief.topic ?? valueAt(run.input, 'brief.topic')
    const given = config.title?.trim() ?? ''
    const deliverable: Deliverable = {
      title: given !== '' ? given : typeof topic === 'string' ? topic : 'Untitled',
      contentType: gathered.drafts[0]?.brief.contentType.slug ?? '',
      winner: best?.draft.id ?? null,
      note: best === undefined ? noWinner(gathered.drafts, ranking) : (ranking?.note ?? null),
      versions: places.slice(0, config.topNForDeliverable).map(({ draft, rank, meanScore, points }) => ({
        rank,
        current: draft.id === best?.draft.id,
        draftId: draft.id,
        writer: draft.writer.name,
        editor: draft.editor?.name ?? null,
        model: draft.model,
        meanScore,
        points,
        text: draft.text,
      })),
    }
    return { deliverable: [{ label: deliverable.title, value: deliverable }] }
  },
})
