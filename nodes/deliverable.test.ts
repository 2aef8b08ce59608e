import { expect, test } from 'vitest'
import { exampleDraft } from '#sdk'
import type { Deliverable, Draft, Ranking } from '#sdk'
import { outputsOf, scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import deliverable from './deliverable.ts'

const entry = (draftId: string, rank: number | null) => ({
  draftId,
  meanScore: rank === null ? null : 10 - rank,
  evaluations: rank === null ? 0 : 1,
  initialRank: rank,
  points: null,
  rank,
})

const ranking = (entries: Ranking['entries'], note: string | null = null): Ranking => ({
  entries,
  ballots: [],
  method: 'By hand.',
  note,
})

async function delivered(drafts: Draft[], rankings: Ranking[], topNForDeliverable = 3): Promise<Deliverable> {
  const outputs = await outputsOf(
    deliverable.run(
      stepContext<{ topNForDeliverable: number; title?: string }, (typeof deliverable)['inputs']>({
        run: { id: 'r', seed: 1, input: { brief: { topic: 'From the input' } } },
        config: { topNForDeliverable },
        gathered: { drafts, ranking: rankings },
        host: scriptedHost(() => ''),
      }),
    ),
  )
  const [emitted] = outputs.deliverable as { value: Deliverable }[]
  return (emitted as { value: Deliverable }).value
}

const [a, b, c] = ['a', 'b', 'c'].map((id) => exampleDraft({ id })) as [Draft, Draft, Draft]

test('exactly the winner is current', async () => {
  const { winner, versions } = await delivered(
    [a, b, c],
    [ranking([entry('b', 1), entry('c', 2), entry('a', 3)])],
  )
  expect(winner).toBe('b')
  expect(versions.map(({ draftId, current }) => [draftId, current])).toEqual([
    ['b', true],
    ['c', false],
    ['a', false],
  ])
})

test('no more versions than asked for are delivered, the best ones', async () => {
  const { versions } = await delivered([a, b, c], [ranking([entry('c', 1), entry('a', 2), entry('b', 3)])], 2)
  expect(versions.map(({ draftId }) => draftId)).toEqual(['c', 'a'])
})

test('a draft that the ranking does not know comes last, without a rank', async () => {
  const { versions } = await delivered([a, b], [ranking([entry('b', 1)])])
  expect(versions.map(({ draftId, rank }) => [draftId, rank])).toEqual([
    ['b', 1],
    ['a', null],
  ])
})

test('a ranking without places names no winner and says why', async () => {
  const result = await delivered(
    [a, b],
    [ranking([entry('a', null), entry('b', null)], 'No evaluation arrived.')],
  )
  expect(result).toMatchObject({ winner: null, note: expect.stringContaining('No evaluation arrived.') })
  expect(result.versions.some(({ current }) => current)).toBe(false)
})

test('without any draft there is still a deliverable, empty and without a winner', async () => {
  expect(await delivered([], [])).toEqual({
    title: 'From the input',
    contentType: '',
    winner: null,
    note: 'There is no winner: no draft was finished.',
    versions: [],
  })
})
