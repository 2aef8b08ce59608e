import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { PressroomError } from '../errors.ts'
import { clipOf, pasteClip } from './clip.ts'
import { addNode } from './edit.ts'
import { MAX_PIN_BYTES, MAX_PINS_BYTES, pinsMap, pinsOf, setPin } from './pins.ts'
import { flowOf } from './read.ts'
import { undoManagerOf } from './undo.ts'

const me = {}
const item = (value: string, label = 'one') => ({ label, value })
const kilobyte = (count: number) => item('x'.repeat(count * 1024))
const refusal = (change: () => void) => {
  try {
    change()
  } catch (error) {
    if (error instanceof PressroomError) return error.failure.code
    throw error
  }
  return null
}

describe('a pin', () => {
  test('is in the document and no part of its flow', () => {
    const doc = new Y.Doc()
    const node = addNode(doc, { type: 'writer', version: 1, position: { x: 0, y: 0 } })
    const before = flowOf(doc)
    setPin(doc, `${node}.drafts`, [item('tea')], me)
    expect(pinsOf(doc).get(`${node}.drafts`)).toEqual([item('tea')])
    expect(flowOf(doc)).toEqual(before)
  })

  test('reaches everybody who has the draft, and comes back with a stored one', () => {
    const [ada, bob] = [new Y.Doc(), new Y.Doc()]
    setPin(ada, 'a.out', [item('tea')], me)
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada))
    expect([...pinsOf(bob)]).toEqual([['a.out', [item('tea')]]])
  })

  test('is taken back by undo, brought back by redo, and taken away with null', () => {
    const doc = new Y.Doc()
    const history = undoManagerOf(doc, me)
    setPin(doc, 'a.out', [item('tea')], me)
    history.stopCapturing()
    setPin(doc, 'a.out', [item('coffee')], me)
    history.undo()
    expect(pinsOf(doc).get('a.out')).toEqual([item('tea')])
    history.redo()
    expect(pinsOf(doc).get('a.out')).toEqual([item('coffee')])
    setPin(doc, 'a.out', null, me)
    expect(pinsOf(doc).size).toBe(0)
  })

  test('of somebody else survives my undo', () => {
    const [ada, bob] = [new Y.Doc(), new Y.Doc()]
    const history = undoManagerOf(ada, me)
    setPin(ada, 'a.out', [item('tea')], me)
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada))
    setPin(bob, 'a.out', [item('coffee')])
    Y.applyUpdate(ada, Y.encodeStateAsUpdate(bob))
    history.undo()
    expect(pinsOf(ada).get('a.out')).toEqual([item('coffee')])
  })

  test('stays behind when its node is copied', () => {
    const doc = new Y.Doc()
    const node = addNode(doc, { type: 'writer', version: 1, position: { x: 0, y: 0 } })
    setPin(doc, `${node}.drafts`, [item('tea')])
    pasteClip(doc, clipOf(flowOf(doc), [node]), { x: 9, y: 9 })
    expect([...pinsOf(doc).keys()]).toEqual([`${node}.drafts`])
  })

  test('that is too large, or makes all of them too large, is refused and changes nothing', () => {
    const doc = new Y.Doc()
    setPin(doc, 'a.out', [item('tea')])
    expect(refusal(() => setPin(doc, 'a.out', [kilobyte(MAX_PIN_BYTES / 1024)]))).toBe('pin.too_large')
    expect(pinsOf(doc).get('a.out')).toEqual([item('tea')])
    const each = 200
    const fit = Math.floor(MAX_PINS_BYTES / 1024 / each)
    for (let index = 0; index < fit; index++) setPin(doc, `n${index}.out`, [kilobyte(each)])
    expect(refusal(() => setPin(doc, 'last.out', [kilobyte(each)]))).toBe('pin.too_large')
    expect(pinsOf(doc).has('last.out')).toBe(false)
  })

  test('that another client wrote in a strange shape is left out', () => {
    const doc = new Y.Doc()
    pinsMap(doc).set('a.out', 'no list')
    pinsMap(doc).set('b.out', [{ value: 'no label' }])
    setPin(doc, 'c.out', [])
    expect([...pinsOf(doc)]).toEqual([['c.out', []]])
  })
})
