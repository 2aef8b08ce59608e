import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from '#graph'
import type { Json } from '#run/interfaces.ts'
import {
  BRIEF,
  type Asked,
  type TestBrief,
  balloting,
  reviewing,
  revising,
  scoring,
  writing,
} from './testing/prompts.ts'
import { sampleReply } from './index.ts'
import { SHAPES } from './shapes/index.ts'

const line = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }),
    fc.constantFrom(
      '# Draft',
      '>>>',
      '- ',
      '???',
      '$& $1',
      '"""',
      'a'.repeat(500),
      '🎉'.repeat(200),
      '## Version A',
      '1/3 x',
      '!!!',
      'é',
    ),
    fc.lorem(),
  )
  .map((text) => text.replace(/\s+/g, ' ').trim())
  .filter((text) => text !== '')

const brief: fc.Arbitrary<TestBrief> = fc.record({
  name: fc.constant('Any'),
  slug: fc.constantFrom(...SHAPES.map(({ slug }) => slug), 'other'),
  topic: line,
  audience: line,
  goal: line,
  tone: fc.constantFrom('professional', 'conversational', 'casual', 'formal', 'persuasive', 'educational'),
  keyPoints: fc.array(line, { minLength: 1, maxLength: 20 }),
  constraints: fc.constantFrom('', 'At most 60 words', 'under 10 words'),
})
const who = fc.constantFrom(
  'creative',
  'technical',
  'conversational',
  'persuasive',
  'clarity',
  'brand',
  'engagement',
  'seo',
  'nobody',
)

const schemaOf = (asked: Asked) => z.fromJSONSchema(asked.schema ?? {})
const fits = (asked: Asked) => schemaOf(asked).safeParse(JSON.parse(sampleReply(asked))).success

test('any brief gets a text that is not empty, and the same one again', () => {
  fc.assert(
    fc.property(brief, who, (any, writer) => {
      const text = sampleReply(writing(any, writer))
      expect(text.trim()).not.toBe('')
      expect(sampleReply(writing(any, writer))).toBe(text)
    }),
    { numRuns: 150 },
  )
})

test('no post of any thread reaches 280 characters, before or after a revision', () => {
  fc.assert(
    fc.property(brief, who, line, (any, writer, note) => {
      const thread = { ...any, slug: 'twitter-thread' }
      const first = sampleReply(writing(thread, writer))
      const second = sampleReply(
        revising(thread, first, [note, 'Put the topic into the first post.', 'Cover more.'], writer),
      )
      for (const text of [first, second]) {
        const posts = text.split('\n\n')
        posts.forEach((post, index) => expect(post.startsWith(`${index + 1}/${posts.length} `)).toBe(true))
        expect(Math.max(...posts.map((post) => post.length))).toBeLessThan(280)
      }
    }),
    { numRuns: 150 },
  )
})

test('reviews, scores and ballots of any text fit their schema', () => {
  fc.assert(
    fc.property(brief, who, fc.array(line, { minLength: 1, maxLength: 5 }), (any, editor, texts) => {
      const names = [...new Set(any.keyPoints.map((point) => point.replace(/:/g, '')))]
      expect(fits(reviewing(any, texts.join('\n\n'), editor))).toBe(true)
      expect(fits(scoring(any, texts.join('\n'), names))).toBe(true)
      expect(fits(balloting(any, texts))).toBe(true)
    }),
    { numRuns: 150 },
  )
})

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    minLength: fc.nat(12),
    maxLength: fc.integer({ min: 12, max: 30 }),
  }),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: -9, max: 0 }),
    maximum: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ type: fc.constant('number'), exclusiveMinimum: fc.integer({ min: -9, max: 0 }) }),
  fc.constantFrom<Json>({ type: 'boolean' }, { type: 'null' }, { enum: ['a', 'b'] }, { const: 3 }, {}),
  fc.constantFrom<Json>({ type: 'string', format: 'email' }, { type: 'string', format: 'date' }),
)
const schema = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ type: fc.constant('array'), items: tie('any'), minItems: fc.nat(3) }),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'notes', 'reason', 'criteria', 'ranking', 'approved'), tie('any'))
      .map((properties) => ({
        type: 'object',
        properties,
        required: Object.keys(properties),
        additionalProperties: false,
      })),
  ),
})).any

test('a schema of any other shape gets an instance that fits', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('criteria', 'notes', 'x', 'y'), schema),
      line,
      (properties, prompt) => {
        const asked = {
          ...writing(BRIEF),
          prompt,
          schema: { type: 'object', properties, required: Object.keys(properties) },
        }
        expect(fits(asked)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})
