import { expect, test } from 'vitest'
import { exampleDraft } from '#graph'
import { refuseUnapproved } from './approved.ts'
import type { Json } from './interfaces.ts'
import { compiledRun } from './run-cache.ts'
import { stepInput } from './step-input.ts'
import { flowOf, testSnapshot } from './testing/flows.ts'
import { SimulatedRun } from './testing/simulated-run.ts'
import { SimulatedStore } from './testing/simulated-store.ts'

/** The code that a step working on this is refused with, where people have approved that; null where it may run. */
async function refusal(item: Json, approved: Json[], needed: boolean | undefined = true) {
  const flow = flowOf(['source', 'each'])
  const [, node] = flow.nodes
  if (node) node.settings = { needsApproval: needed }
  const compiled = compiledRun(testSnapshot(flow))
  const run = new SimulatedRun(compiled.snapshot)
  const [step] = run.inState('ready')
  if (!step) throw new Error('nothing is ready')
  const input = {
    ...(await stepInput(new SimulatedStore(run), compiled, step, undefined)),
    inputs: { in: item },
  }
  const store = { approved: async () => approved }
  const code = (error: unknown) => (error as { failure: { code: string } }).failure.code
  return refuseUnapproved(store, compiled, { ...step, nodeId: 'n1' }, input).then(() => null, code)
}

const changedBy = (text: string) => ({ ...exampleDraft(), id: 'other', status: 'approved', text }) as Json
const draft = exampleDraft() as Json
const version = {
  rank: 1,
  current: true,
  draftId: 'd',
  writer: '',
  editor: null,
  model: '',
  meanScore: 1,
  points: 1,
}
const deliverable = (...texts: string[]): Json => ({
  title: 'T',
  contentType: 'blog-post',
  winner: 'd',
  note: null,
  versions: texts.map((text) => ({ ...version, text })),
})

test('a step that needs an approval runs only with a text that was approved just as it is', async () => {
  expect(await refusal('A post', [])).toBe('approval.missing')
  expect(await refusal('A post', ['A post'])).toBeNull()
  expect(await refusal('A post, changed', ['A post'])).toBe('approval.void')
  expect(await refusal('A post', [], false)).toBeNull()
})

test('a draft is the text that people read, and every version of a deliverable has to be approved', async () => {
  const { text } = exampleDraft()
  expect(await refusal(changedBy(text), [draft])).toBeNull()
  expect(await refusal(changedBy(`${text} More.`), [draft])).toBe('approval.void')
  expect(await refusal(deliverable(text), [draft])).toBeNull()
  expect(await refusal(deliverable(text, 'Never seen'), [draft])).toBe('approval.void')
})

test('data counts as the same whatever the order of its keys', async () => {
  expect(await refusal({ a: 1, b: { c: 2, d: 3 } }, [{ b: { d: 3, c: 2 }, a: 1 }])).toBeNull()
  expect(await refusal({ a: 1 }, [{ a: 2 }])).toBe('approval.void')
})
