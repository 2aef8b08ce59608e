import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Flow } from '../flow.ts'
import {
  type TextPlace,
  addNode,
  addNote,
  draftUpdateOf,
  editText,
  flowOf,
  flowText,
  removeItems,
  retypeText,
  setConfig,
  setMeta,
  setNode,
  setNote,
  textAt,
  writeFlow,
} from './index.ts'
import { type Client, clientsAt, meet, send } from './testing/clients.ts'
import { chain, draftOf, each, richFlow } from './testing/flows.ts'

const PROMPT: TextPlace = { node: 'n0', config: 'prompt', required: false }
const TITLE: TextPlace = { node: 'n0', field: 'title' }

function withPrompt(prompt?: string): Flow {
  const flow = chain('source')
  for (const node of flow.nodes) if (prompt) node.config['prompt'] = prompt
  return flow
}

function pair(flow: Flow): [Client, Client] {
  const [ann, ben] = clientsAt(flow, ['ann', 'ben'])
  if (!ann || !ben) throw new Error('two clients')
  return [ann, ben]
}

const type = ({ doc, origin }: Client, place: TextPlace, at: number, insert: string, remove = 0) =>
  editText(doc, place, { at, remove, insert }, origin)
const promptOf = (client: Client) => flowOf(client.doc).nodes[0]?.config['prompt']

describe('two people who type into one text', () => {
  test.each([['Write.'], [undefined]])(
    'at the same moment both keep all that they typed: over %s',
    (before) => {
      const [ann, ben] = pair(withPrompt(before))
      type(ann, PROMPT, 0, 'Please. ')
      type(ben, PROMPT, before?.length ?? 0, ' In English.')
      meet([ann.doc, ben.doc])
      expect(promptOf(ben)).toBe(promptOf(ann))
      const all = ['Please. ', before ?? '', ' In English.']
      for (const part of all) expect(promptOf(ann)).toContain(part)
      expect(promptOf(ann)).toHaveLength(all.join('').length)
    },
  )

  test('keep the letters of the other through undo and redo of their own', () => {
    const [ann, ben] = pair(withPrompt('Write.'))
    type(ann, PROMPT, 6, ' ann')
    send(ann.doc, ben.doc)
    type(ben, PROMPT, 8, '-ben-')
    send(ben.doc, ann.doc)
    expect(promptOf(ann)).toBe('Write. a-ben-nn')
    ann.undo.undo()
    expect(promptOf(ann)).toBe('Write.-ben-')
    ann.undo.redo()
    expect(promptOf(ann)).toBe('Write. a-ben-nn')
    expect(ann.undo.undoStack).toHaveLength(1)
  })

  test('keep them where the other empties the text, and an emptied text that may be left out is left out', () => {
    const [ann, ben] = pair(withPrompt('Write.'))
    type(ann, PROMPT, 0, '', 6)
    expect(flowOf(ann.doc).nodes[0]?.config).toEqual({})
    type(ben, PROMPT, 6, 'ben')
    meet([ann.doc, ben.doc])
    expect(promptOf(ann)).toBe('ben')
    const required: TextPlace = { node: 'n0', config: 'body', required: true }
    type(ann, required, 0, 'x')
    type(ann, required, 0, '', 1)
    expect(flowOf(ann.doc).nodes[0]?.config).toEqual({ prompt: 'ben', body: '' })
  })

  test('never meet the letters of an older text of the field: what was written anew begins anew', () => {
    const [ann, ben] = pair(withPrompt('same'))
    type(ann, PROMPT, 4, ' old')
    setConfig(ann.doc, 'n0', 'prompt', { no: 'text' })
    setConfig(ann.doc, 'n0', 'prompt', 'same')
    type(ann, PROMPT, 4, ' new')
    meet([ann.doc, ben.doc])
    expect(promptOf(ben)).toBe('same new')
  })

  test('type in each kind of text that there is', () => {
    const [ann, ben] = pair(withPrompt())
    const note = addNote(ann.doc, { text: 'abc', position: { x: 0, y: 0 } })
    meet([ann.doc, ben.doc])
    const places: TextPlace[] = [
      { note },
      { flow: 'name' },
      { flow: 'description' },
      TITLE,
      { node: 'n0', field: 'annotation' },
    ]
    for (const place of places) {
      type(ann, place, 0, 'A')
      type(ben, place, textAt(ben.doc, place).length, 'B')
    }
    meet([ann.doc, ben.doc])
    expect(flowOf(ben.doc)).toEqual(flowOf(ann.doc))
    for (const place of places) expect(textAt(ann.doc, place)).toMatch(/A.*B|BA/)
    expect(flowOf(ann.doc)).toMatchObject({ name: 'AchainB', notes: [{ text: 'AabcB' }] })
  })
})

describe('a text that was typed', () => {
  test('takes a whole new text, from the form, a name or a restored point, as a change of what differs', () => {
    const [ann, ben] = pair(withPrompt('one two'))
    type(ann, PROMPT, 7, ' three')
    type(ann, TITLE, 0, 'Name')
    type(ann, { flow: 'name' }, 5, '!')
    const note = addNote(ann.doc, { text: '', position: { x: 0, y: 0 } })
    type(ann, { note }, 0, 'note')
    meet([ann.doc, ben.doc])
    const point = { ...flowOf(ann.doc), name: 'chain' }
    setConfig(ann.doc, 'n0', 'prompt', 'one 2 three')
    setNode(ann.doc, 'n0', { title: 'New name' })
    setNote(ann.doc, note, { text: 'a note' })
    setMeta(ann.doc, { name: 'chained!' })
    type(ben, PROMPT, 13, ' four')
    type(ben, { note }, 4, 's')
    meet([ann.doc, ben.doc])
    expect(flowOf(ben.doc)).toMatchObject({
      name: 'chained!',
      nodes: [{ title: 'New name', config: { prompt: 'one 2 three four' } }],
      notes: [{ text: 'a notes' }],
    })
    writeFlow(ann.doc, point)
    expect(flowOf(ann.doc)).toEqual(point)
    setNode(ann.doc, 'n0', { title: '' })
    expect(flowOf(ann.doc).nodes[0]).not.toHaveProperty('title')
  })

  test('is read no longer than the flow schema allows, and never as half a character', () => {
    const [ann, ben] = pair(chain('source'))
    type(ann, TITLE, 0, 'a'.repeat(199))
    type(ben, TITLE, 0, '😀b')
    type(ben, TITLE, 3, '😀'.repeat(60))
    meet([ann.doc, ben.doc])
    const title = flowOf(ann.doc).nodes[0]?.title ?? ''
    expect(title.length).toBeGreaterThan(198)
    expect(title.length).toBeLessThanOrEqual(200)
    expect(title.isWellFormed()).toBe(true)
    expect(flowOf(ben.doc)).toEqual(flowOf(ann.doc))
  })

  test('that changed while somebody wrote over an older one has what both wrote', () => {
    const [ann] = pair(chain('source'))
    retypeText(ann.doc, TITLE, '', 'Writer')
    retypeText(ann.doc, TITLE, 'Writer', 'Blog writer')
    retypeText(ann.doc, TITLE, 'Writer', 'Writer of news')
    expect(textAt(ann.doc, TITLE)).toBe('Blog writer of news')
  })

  test('is plain JSON in the flow, the same as if it had been written', () => {
    const doc = draftOf(withPrompt('a'))
    editText(doc, PROMPT, { at: 1, remove: 0, insert: 'b' })
    expect(flowOf(doc)).toEqual(withPrompt('ab'))
    expect(flowText(flowOf(doc))).toBe(flowText(withPrompt('ab')))
    const again = new Y.Doc()
    Y.applyUpdate(again, Y.encodeStateAsUpdate(doc))
    expect(flowOf(again)).toEqual(withPrompt('ab'))
    expect(draftUpdateOf(flowOf(doc))).toEqual(draftUpdateOf(withPrompt('ab')))
  })

  test('makes the draft hold any flow that is written over it', () => {
    fc.assert(
      fc.property(
        richFlow,
        richFlow,
        fc.string({ maxLength: 5, unit: 'binary' }),
        (first, second, insert) => {
          const doc = draftOf(first)
          const node = first.nodes[0]?.id ?? ''
          const places: TextPlace[] = [{ flow: 'name' }, { flow: 'description' }, { group: 'g' }]
          places.push(
            { node, field: 'title' },
            { node, field: 'annotation' },
            ...first.notes.map(({ id }) => ({ note: id })),
          )
          for (const config of Object.keys(first.nodes[0]?.config ?? {})) {
            places.push({ node, config, required: config.length % 2 === 0 })
          }
          for (const place of places) editText(doc, place, { at: 0, remove: 0, insert })
          const typed = flowOf(doc)
          const before = Y.encodeStateVector(doc)
          writeFlow(doc, typed)
          expect(Y.encodeStateVector(doc)).toEqual(before)
          writeFlow(doc, second)
          expect(flowOf(doc)).toEqual(second)
          writeFlow(doc, typed)
          expect(flowOf(doc)).toEqual(typed)
          const fresh = new Y.Doc()
          send(doc, fresh)
          expect(flowOf(fresh)).toEqual(typed)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('belongs to its own item: a marker copied elsewhere by a hostile client counts for nothing', () => {
    const doc = draftOf(chain('source', 'each'))
    editText(doc, TITLE, { at: 0, remove: 0, insert: 'mine' })
    const [mine, other] = ['n0', 'n1'].map((id) => doc.getMap('nodes').get(id) as Y.Map<unknown>)
    other?.set('title', mine?.get('title'))
    other?.set('annotation', new TextEncoder().encode('?nodes'))
    expect(flowOf(doc).nodes.map(({ title, annotation }) => [title, annotation])).toEqual([
      ['mine', undefined],
      [undefined, undefined],
    ])
  })

  test('of a node that is gone takes no letters and says so', () => {
    const doc = draftOf(withPrompt('x'))
    removeItems(doc, { nodes: ['n0'] })
    const before = Y.encodeStateVector(doc)
    expect(editText(doc, PROMPT, { at: 0, remove: 0, insert: 'late' })).toBe(false)
    expect(retypeText(doc, TITLE, '', 'late')).toBe(false)
    expect(Y.encodeStateVector(doc)).toEqual(before)
  })
})

test('typing is undone in the steps in which it was done, down to what stood there before', () => {
  const [ann] = pair(chain('source'))
  const id = addNode(ann.doc, { ...each, config: { text: 'seed' } }, ann.origin)
  const place: TextPlace = { node: id, config: 'text', required: false }
  const text = () => flowOf(ann.doc).nodes[1]?.config['text']
  for (const letter of 'abc') type(ann, place, textAt(ann.doc, place).length, letter)
  ann.undo.stopCapturing()
  type(ann, place, 0, '', 4)
  expect(text()).toBe('abc')
  ann.undo.undo()
  expect(text()).toBe('seedabc')
  ann.undo.undo()
  expect(text()).toBe('seed')
  ann.undo.undo()
  expect(flowOf(ann.doc).nodes).toHaveLength(1)
  while (ann.undo.canRedo()) ann.undo.redo()
  expect(text()).toBe('abc')
})
