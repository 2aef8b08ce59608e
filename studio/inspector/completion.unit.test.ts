import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caretAfter } from './caret.ts'
import { complete, completionAt, matching } from './completion.ts'
import type { Reference } from './reach.ts'

/** The caret stands at `|`. */
const at = (marked: string) => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') })
const queryAt = (marked: string) => {
  const { text, caret } = at(marked)
  return completionAt(text, caret)?.query ?? null
}
const chosen = (marked: string, path: string) => {
  const { text, caret } = at(marked)
  const completion = completionAt(text, caret)
  if (!completion) return null
  const edit = complete(text, completion, path)
  return `${edit.text.slice(0, edit.caret)}|${edit.text.slice(edit.caret)}`
}
const reference = (path: string): Reference => ({ path, type: 'text', from: '', sample: null })

test('two braces or an @ at the beginning of a word open the offer', () => {
  expect(queryAt('Say {{|')).toBe('')
  expect(queryAt('Say {{ input.br| }}')).toBe('input.br')
  expect(queryAt('Say @to|')).toBe('to')
  expect(queryAt('@|')).toBe('')
  expect(queryAt('{% if input.st| %}')).toBe('input.st')
})

test('nothing is offered in plain text, in an address, behind closed braces or behind a filter', () => {
  for (const text of ['Say it|', 'mail me@example|', '{{ input }} and|', '{{ input | upca|', 'a { b|']) {
    const [marked, caret] = [text.slice(0, -1), text.length - 1]
    expect(completionAt(marked, caret), text).toBeNull()
  }
})

test('the chosen field stands in closed braces with the caret behind them', () => {
  expect(chosen('Say {{|', 'input.text')).toBe('Say {{ input.text }}|')
  expect(chosen('Say {{ in| }} now', 'input.text')).toBe('Say {{ input.text }}| now')
  expect(chosen('Say @te| now', 'input.text')).toBe('Say {{ input.text }}| now')
  expect(chosen('{% if in| %}yes', 'input.text')).toBe('{% if input.text %}|yes')
})

test('a field in the middle of which the caret stands is replaced as a whole', () => {
  expect(chosen('{{ inp|ut.brief }}', 'input.text')).toBe('{{ input.text }}|')
})

test('filters behind the field stay', () => {
  expect(chosen('{{ in| | upcase }}!', 'input.text')).toBe('{{ input.text | upcase }}|!')
})

test('beginnings of the path come before beginnings of its parts, those before what lies in between', () => {
  const paths = ['input.subtext', 'input.text', 'text.input'].map(reference)
  expect(matching(paths, 'te').map(({ path }) => path)).toEqual(['text.input', 'input.text', 'input.subtext'])
  expect(matching(paths, 'zz')).toEqual([])
  expect(matching(paths, '', 2)).toHaveLength(2)
})

test('the caret keeps its place when somebody else writes before or behind it', () => {
  expect(caretAfter('Hello world', 'Oh, Hello world', 5)).toBe(9)
  expect(caretAfter('Hello world', 'Hello world!', 5)).toBe(5)
  expect(caretAfter('Hello big world', 'Hello world', 12)).toBe(8)
})

test('the text before the caret is still before it when the change lies behind, and the other way round', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (head, tail, removed, put) => {
      const before = head + removed + tail
      const after = head + put + tail
      const inHead = caretAfter(before, after, head.length)
      const inTail = caretAfter(before, after, before.length)
      expect(inHead).toBeLessThanOrEqual(after.length)
      expect(after.slice(0, Math.min(inHead, head.length))).toBe(head.slice(0, Math.min(inHead, head.length)))
      // Where equal text is put beside equal text, either side of it is where the caret was.
      expect(inTail).toBeGreaterThanOrEqual(Math.min(before.length, after.length))
    }),
  )
})
