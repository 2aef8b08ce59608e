import { describe, expect, test } from 'vitest'
import { exampleAgent, exampleDraft } from '#sdk'
import type { Draft } from '#sdk'
import { outputsOf, scriptedHost, stepContext } from '../plugins/sdk/testing.ts'
import editor, { notesOf, verdictSchema } from './editor.ts'

type Replies = (string | { approved: boolean; reason: string; notes: string[] })[]

async function edited(incoming: Draft, replies: Replies, maxEditCycles = 3) {
  const host = scriptedHost((_request, index) => replies[index] ?? 'no reply left')
  const outputs = await outputsOf(
    editor.run(
      stepContext<{ agents: { agent: string }[]; maxEditCycles: number }, (typeof editor)['inputs']>({
        step: { id: 'edit-step', nodeId: 'editors', path: 'p' },
        config: { agents: [{ agent: 'clarity' }], maxEditCycles },
        inputs: { draft: incoming },
        entry: { agent: exampleAgent('editor'), model: 'clarity-auto' },
        host,
      }),
    ),
  )
  const [emitted] = outputs.draft as { label: string; value: Draft }[]
  return { ...(emitted as { label: string; value: Draft }), asked: host.asked }
}

const rejection = (...notes: string[]) => ({ approved: false, reason: 'Not yet.', notes })
const approval = { approved: true, reason: 'Good.', notes: [] }

describe('a verdict', () => {
  test('approves by its flag alone, whatever its words say', async () => {
    const { value } = await edited(exampleDraft(), [
      { approved: false, reason: 'APPROVED!', notes: [] },
      'Second',
      approval,
    ])
    expect(value.reviews.map(({ approved }) => approved)).toEqual([false, true])
  })

  test('a rejection without notes asks for what its reason says', () => {
    expect(notesOf({ approved: false, reason: ' Too long. ', notes: [' '] })).toEqual(['Too long.'])
  })

  test('an approval keeps its remarks and asks for nothing', async () => {
    const { value, asked } = await edited(exampleDraft(), [
      { approved: true, reason: 'Fine.', notes: ['A nice image.'] },
    ])
    expect(value.reviews[0]?.notes).toEqual(['A nice image.'])
    expect(value.revisions).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })

  test('a rejection that says nothing at all is no usable reply', () => {
    expect(verdictSchema.safeParse({ approved: false, reason: ' ', notes: [''] }).success).toBe(false)
  })
})

describe('editing', () => {
  test('the writer revises through its own model with its own prompt, the editor reviews through its own', async () => {
    const { asked } = await edited(exampleDraft(), [rejection('Shorter.'), 'Second', approval])
    expect(asked.map(({ model, purpose }) => [model, purpose])).toEqual([
      ['clarity-auto', 'Review 1'],
      ['creative-auto', 'Revision 1'],
      ['clarity-auto', 'Review 2'],
    ])
    expect(asked[1]?.system).toMatch(/^You are Creative writer \(creative\), writer\./)
    expect(asked[1]?.prompt).toContain("# Editor's notes\n- Shorter.")
    expect(asked[2]?.prompt).toContain('# Earlier notes\n- Shorter.')
  })

  test('stops after the last cycle and goes on with the last revision, marked', async () => {
    const { value } = await edited(exampleDraft(), [rejection('1'), 'Two', rejection('2'), 'Three'], 2)
    expect(value.status).toBe('max_cycles_reached')
    expect(value.text).toBe('Three')
    expect(value.revisions.map(({ number, text }) => [number, text]).slice(1)).toEqual([
      [2, 'Two'],
      [3, 'Three'],
    ])
  })

  test('a second editor adds to the history of the first and overwrites nothing', async () => {
    const first = await edited(exampleDraft(), [rejection('1'), 'Two', approval])
    const before = JSON.stringify(first.value)
    const second = await edited({ ...first.value, id: 'first-step' }, [rejection('2'), 'Three', approval])
    expect(second.value).toMatchObject({ id: 'edit-step', parent: 'first-step', status: 'approved' })
    expect(second.value.revisions.slice(0, 2)).toEqual(first.value.revisions)
    expect(second.value.reviews.slice(0, 2)).toEqual(first.value.reviews)
    expect(second.value.reviews.map(({ revision }) => revision)).toEqual([1, 2, 2, 3])
    expect(JSON.stringify(first.value)).toBe(before)
  })

  test('an empty revision fails the step', async () => {
    await expect(edited(exampleDraft(), [rejection('1'), '  \n'])).rejects.toThrow(/empty revision/)
  })

  test('a draft is labelled with who edited whom', async () => {
    expect((await edited(exampleDraft(), [approval])).label).toBe('Clarity editor on Creative writer')
  })
})
