import fc from 'fast-check'
import { expect, test } from 'vitest'
import { halfStructured } from './half-structured.ts'

test('a structured reply is a line per field and per list entry', () => {
  expect(
    halfStructured('{"approved": false, "reason": "Too \\"loud\\"", "notes": ["Cut it", "Say why"]}'),
  ).toBe('Approved: false\nReason: Too "loud"\nNotes: Cut it\nSay why')
})

test('a reply that is cut off anywhere shows what is there so far', () => {
  expect(halfStructured('{"approved":false,"reason":"Too lo')).toBe('Approved: false\nReason: Too lo')
  expect(halfStructured('{"approved":false,"rea')).toBe('Approved: false\nrea')
  expect(halfStructured('{')).toBe('')
})

test('whatever arrives, showing it never fails', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(200), (reply, length) => {
      expect(typeof halfStructured(reply.slice(0, length))).toBe('string')
    }),
  )
})

test('the words of every value are shown', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/)
  fc.assert(
    fc.property(fc.dictionary(word, word, { maxKeys: 5 }), (reply) => {
      const lines = halfStructured(JSON.stringify(reply)).split('\n').filter(Boolean)
      expect(lines.map((line) => line.replace(/^.*?: /, ''))).toEqual(Object.values(reply))
    }),
  )
})
