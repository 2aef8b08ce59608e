import { expect, test } from 'vitest'
import { fieldsOf, linesIn, linesText, titleOf } from './fields.ts'
import { jsonIn, jsonText } from './json.ts'
import { numberIn, stepped } from './numbers.ts'
import { MANIFESTS } from './testing/swarm.ts'

const controlsOf = (type: string) => {
  const manifest = MANIFESTS.find((one) => one.type === type)
  return Object.fromEntries(fieldsOf(manifest?.config ?? {}).map(({ name, control }) => [name, control]))
}
const control = (schema: object, root: object = {}) =>
  fieldsOf({ ...root, properties: { field: schema } })[0]?.control

test('a field that a built-in node hints at gets the picker made for it', () => {
  expect(controlsOf('writer')).toEqual({ agents: { kind: 'agents', role: 'writer', most: 20 } })
  expect(controlsOf('brief')).toEqual({ contentType: { kind: 'content-type' } })
  expect(controlsOf('local-model')).toEqual({
    model: { kind: 'model' },
    system: { kind: 'template', multiline: true },
    prompt: { kind: 'template', multiline: true },
  })
  expect(controlsOf('branch')).toEqual({
    conditions: { kind: 'conditions' },
    match: { kind: 'choice', options: ['all', 'any'] },
  })
  expect(controlsOf('editor')['maxEditCycles']).toEqual({ kind: 'number', integer: true, least: 1, most: 5 })
})

test('fields keep the order of their author, with title, help and default', () => {
  const manifest = MANIFESTS.find(({ type }) => type === 'editor')
  const [agents, cycles] = fieldsOf(manifest?.config ?? {})
  expect(agents).toMatchObject({ name: 'agents', title: 'Editors', required: true, fallback: undefined })
  expect(cycles).toMatchObject({ title: 'Edit cycles at most', required: false, fallback: 3 })
})

test('a field without a title is called what its key says', () => {
  expect(['maxEditCycles', 'reply_to', 'url'].map(titleOf)).toEqual(['Max edit cycles', 'Reply to', 'Url'])
})

test('the bounds of safe integers, which no author wrote, are no bounds', () => {
  const { MIN_SAFE_INTEGER: minimum, MAX_SAFE_INTEGER: maximum } = Number
  expect(control({ type: 'integer', minimum, maximum })).toMatchObject({ least: null, most: null })
})

test('references and optional forms are looked through', () => {
  expect(control({ $ref: '#/$defs/size' }, { $defs: { size: { enum: ['s', 'l'] } } })).toEqual({
    kind: 'choice',
    options: ['s', 'l'],
  })
  expect(control({ anyOf: [{ type: 'boolean' }, { type: 'null' }] })).toEqual({ kind: 'switch' })
})

test('a list of texts is edited line by line, a shape that nothing fits as JSON', () => {
  expect(control({ type: 'array', items: { type: 'string' } })).toEqual({ kind: 'lines' })
  expect(control({ type: 'object', properties: { a: { type: 'string' } } })).toEqual({ kind: 'json' })
  expect(control({ oneOf: [{ type: 'string' }, { type: 'number' }] })).toEqual({ kind: 'json' })
  expect(control({})).toEqual({ kind: 'json' })
})

test('lines come back as they were typed, an unfinished one included', () => {
  for (const typed of ['', 'a', 'a\n', 'a\n\nb']) expect(linesText(linesIn(typed))).toBe(typed)
})

test('a number is read as people write it, and nothing else passes for one', () => {
  expect(numberIn(' 2,5 ', false)).toEqual({ value: 2.5 })
  expect(numberIn('', true)).toEqual({ value: undefined })
  for (const typed of ['2.5', 'three', '1e3', '0x10', '99999999999999999999'])
    expect(numberIn(typed, true)).toBeNull()
})

test('steps stay inside the bounds and begin at the lower one', () => {
  expect([stepped(5, 1, { least: 1, most: 5 }), stepped(1, -1, { least: 1, most: 5 })]).toEqual([5, 1])
  expect(stepped(undefined, 1, { least: 1, most: 5 })).toBe(1)
})

test('broken JSON is a fault in words and never a value', () => {
  expect(jsonIn('{"a":')).toMatchObject({ value: undefined, fault: expect.stringContaining('not JSON yet') })
  expect(jsonIn('')).toEqual({ value: undefined, fault: null })
  expect(jsonIn(jsonText({ a: [1, null] }))).toEqual({ value: { a: [1, null] }, fault: null })
})
