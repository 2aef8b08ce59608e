import { expect, test, vi } from 'vitest'
import { Committer } from './committer.ts'
import type { Transition } from './interfaces.ts'

const transition = (runId: string, name: string): Transition => ({
  organisationId: 'org',
  runId,
  stepIds: [name],
  wantReady: 0,
  apply: () => null,
})

/** A store whose commits end when the test says so. */
function byHand() {
  const commits: { names: string[]; end(): void }[] = []
  const store = {
    transact(batch: Transition[]) {
      const ended = Promise.withResolvers<PromiseSettledResult<void>[]>()
      const verdicts = batch.map(() => ({ status: 'fulfilled' as const, value: undefined }))
      commits.push({ names: batch.flatMap(({ stepIds }) => stepIds), end: () => ended.resolve(verdicts) })
      return ended.promise
    },
  }
  return { commits, committer: new Committer(store) }
}
const named = ({ names }: { names: string[] }) => names

test('transitions of one run are committed in their order, one commit after the other', async () => {
  const { commits, committer } = byHand()
  const all = [committer.commit(transition('a', 'a1'))]
  await Promise.resolve()
  all.push(...['a2', 'a3'].map((name) => committer.commit(transition('a', name))))
  await Promise.resolve()
  expect(commits.map(named)).toEqual([['a1']])
  commits[0]?.end()
  await vi.waitUntil(() => commits.length > 1)
  expect(commits.map(named)).toEqual([['a1'], ['a2', 'a3']])
  commits[1]?.end()
  await Promise.all(all)
})

test('a run whose commit is under way holds up no other', async () => {
  const { commits, committer } = byHand()
  const all = [committer.commit(transition('a', 'a1'))]
  await Promise.resolve()
  all.push(committer.commit(transition('a', 'a2')), committer.commit(transition('b', 'b1')))
  await Promise.resolve()
  expect(commits.map(named)).toEqual([['a1'], ['b1']])
  commits.forEach(({ end }) => end())
  await vi.waitUntil(() => commits.length > 2)
  expect(commits.map(named)).toEqual([['a1'], ['b1'], ['a2']])
  commits[2]?.end()
  await all[1]
})
