import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exampleAgent, exampleDraft, exampleEvaluation, shuffled, versionLabel } from '#sdk'
import type { Ranking, Revision } from '#sdk'
import { outputsOf, scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import rank, { ballotSchema, byMerit, noteOf, standingsOf, withNames } from './rank.ts'

const draft = (id: string, revisions = 1) => {
  const base = exampleDraft({ id, text: `Text of ${id}` })
  const list: Revision[] = Array.from({ length: revisions }, (_none, index) => ({
    ...(base.revisions[0] as Revision),
    number: index + 1,
  }))
  return { ...base, revisions: list }
}

const order = (...args: Parameters<typeof standingsOf>) =>
  standingsOf(...args)
    .sort(byMerit)
    .map(({ draft: { id } }) => id)

async function ranked(drafts: string[], scores: Record<string, number[]>, ballots: string[][], top = 3) {
  const host = scriptedHost(
    ({ prompt }, index) => ({
      ranking: (ballots[index] ?? []).map((id) => {
        const versions = prompt.split('## ').slice(1)
        const at = versions.findIndex((version) => version.includes(`Text of ${id}\n`))
        return { label: versionLabel(at), reason: `because of ${id}` }
      }),
    }),
    [0.9, 0.1, 0.5, 0.2],
  )
  const evaluators = ballots.map((_ballot, index) => ({
    agent: exampleAgent('evaluator', { slug: `evaluator-${index}` }),
    model: 'm',
  }))
  const outputs = await outputsOf(
    rank.run(
      stepContext<{ agents: { agent: string }[]; topNForFinalRanking: number }, (typeof rank)['inputs']>({
        config: { agents: evaluators.map(({ agent }) => ({ agent: agent.slug })), topNForFinalRanking: top },
        gathered: {
          drafts: drafts.map((id) => draft(id)),
          evaluations: Object.entries(scores).map(([id, list]) => exampleEvaluation(id, list)),
        },
        agents: { agents: evaluators },
        host,
      }),
    ),
  )
  const [emitted] = outputs.ranking as { value: Ranking }[]
  return { ranking: (emitted as { value: Ranking }).value, asked: host.asked }
}

describe('places by mean', () => {
  test('the higher mean goes first', () => {
    const evaluations = [exampleEvaluation('a', [5, 6]), exampleEvaluation('b', [7, 7])]
    expect(order([draft('a'), draft('b')], evaluations)).toEqual(['b', 'a'])
  })

  test('equal means go to the draft whose lowest score is higher', () => {
    const evaluations = [exampleEvaluation('a', [3, 9]), exampleEvaluation('b', [6, 6])]
    expect(order([draft('a'), draft('b')], evaluations)).toEqual(['b', 'a'])
  })

  test('equal means and lowest scores go to the draft with fewer revisions', () => {
    const evaluations = [exampleEvaluation('a', [6, 6]), exampleEvaluation('b', [6, 6])]
    expect(order([draft('a', 3), draft('b', 2)], evaluations)).toEqual(['b', 'a'])
  })

  test('drafts that are equal in everything keep the order of the flow', () => {
    const evaluations = ['c', 'a', 'b'].map((id) => exampleEvaluation(id, [6, 6]))
    expect(order([draft('b'), draft('c'), draft('a')], evaluations)).toEqual(['b', 'c', 'a'])
  })

  test('the order of arrival of the evaluations changes nothing', () => {
    const drafts = ['a', 'b', 'c', 'd'].map((id) => draft(id))
    const evaluations = drafts.flatMap(({ id }, index) => [
      exampleEvaluation(id, [index + 1, 8]),
      exampleEvaluation(id, [9 - index, 4]),
    ])
    const expected = order(drafts, evaluations)
    fc.assert(
      fc.property(fc.shuffledSubarray(evaluations, { minLength: evaluations.length }), (mixed) => {
        expect(order(drafts, mixed)).toEqual(expected)
      }),
    )
  })

  test('a draft that arrives twice has one place', () => {
    expect(standingsOf([draft('a'), draft('a')], [])).toHaveLength(1)
  })

  test('drafts that fewer evaluators could judge are pointed out', () => {
    const evaluations = ['a', 'a', 'b'].map((id) => exampleEvaluation(id, [6]))
    expect(noteOf(standingsOf([draft('a'), draft('b')], evaluations))).toMatch(
      /^1 draft has fewer evaluations/,
    )
  })
})

describe('shuffling', () => {
  test('keeps every item exactly once, whatever is drawn', () => {
    const draws = fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), draws, (items, numbers) => {
        let at = 0
        const mixed = shuffled(items, () => numbers[at++ % numbers.length] ?? 0)
        expect([...mixed].sort()).toEqual([...items].sort())
      }),
    )
  })

  test('the same draws give the same order, other draws another', () => {
    const mixed = (draw: number) => shuffled(['a', 'b', 'c'], () => draw)
    expect(mixed(0.9)).toEqual(['c', 'b', 'a'])
    expect(mixed(0.9)).toEqual(mixed(0.9))
    expect(mixed(0)).toEqual(['a', 'b', 'c'])
  })
})

describe('the final', () => {
  const scores = { a: [9, 9], b: [8, 8], c: [7, 7], d: [6, 6] }

  test('points of all ballots add up and decide the first places', async () => {
    const { ranking } = await ranked(['d', 'c', 'b', 'a'], scores, [
      ['c', 'b', 'a'],
      ['c', 'a', 'b'],
    ])
    expect(
      ranking.entries.map(({ draftId, points, rank: place, initialRank }) => [
        draftId,
        points,
        place,
        initialRank,
      ]),
    ).toEqual([
      ['c', 200, 1, 3],
      ['a', 90, 2, 1],
      ['b', 90, 3, 2],
      ['d', null, 4, 4],
    ])
  })

  test('finalists come without names, and each evaluator gets them in an order of its own', async () => {
    const { asked } = await ranked(['a', 'b', 'c', 'd'], scores, [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
    const finalists = asked.map(({ prompt }) =>
      prompt.slice(prompt.indexOf('# Finalists'), prompt.indexOf('# Criteria')),
    )
    expect(finalists[0]).not.toEqual(finalists[1])
    for (const block of finalists) {
      expect(block).not.toContain('Text of d')
      expect(block).not.toMatch(/creative/i)
    }
  })

  test('a label in a reason is followed by the names that stand behind it', () => {
    const edited = exampleDraft({ editor: exampleAgent('editor') })
    const reason = withNames('Warmer than Version B; Version C is longer.', new Map([['Version B', edited]]))
    expect(reason).toBe('Warmer than Version B (Creative writer, Clarity editor); Version C is longer.')
  })

  test('one call is counted once over its whole ballot', async () => {
    const { ranking } = await ranked(['a', 'b', 'c'], scores, [['b', 'a', 'c']])
    expect(ranking.ballots.map(({ usage }) => usage.calls)).toEqual([1, 0, 0])
  })

  test('the sixth place of a ballot and later ones earn nothing', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const even = Object.fromEntries(ids.map((id) => [id, [5]]))
    const { ranking } = await ranked(ids, even, [ids], 10)
    expect(ranking.entries.map(({ points }) => points)).toEqual([100, 60, 30, 10, 5, 0])
  })

  test('a ballot that places a version twice, leaves one out or names an unknown one is refused', async () => {
    const place = (label: string) => ({ label, reason: 'so' })
    const schema = ballotSchema(['Version A', 'Version B'])
    const accepts = (...labels: string[]) => schema.safeParse({ ranking: labels.map(place) }).success
    expect(accepts('Version B', 'Version A')).toBe(true)
    expect(accepts('Version A', 'Version A')).toBe(false)
    expect(accepts('Version A')).toBe(false)
    expect(accepts('Version A', 'Version C')).toBe(false)
    await expect(ranked(['a', 'b', 'c'], scores, [['a', 'a', 'b']])).rejects.toThrow(/own place/)
  })
})
