import { describe, expect, it } from 'vitest'
import { draftOfMapping, mappingOf, pathsOf } from './mapping-draft.ts'
import { scheduleWords } from './words.ts'

describe('a schedule in words', () => {
  it.each([
    ['0 9 * * *', 'Every day at 09:00'],
    ['30 17 * * 1,5', 'Every Monday and Friday at 17:30'],
    ['0 9 * * 0-6', 'Every day at 09:00'],
    ['0 8 22 * *', 'On the 22nd of every month at 08:00'],
    ['0 8 11 * *', 'On the 11th of every month at 08:00'],
    ['5 * * * *', 'Every hour at 05 minutes past'],
    ['*/5 * * * *', 'By the cron expression */5 * * * *'],
  ])('%s is “%s”', (cron, words) => expect(scheduleWords(cron)).toBe(words))
})

describe('a mapping while it is written', () => {
  const mapping = { topic: '{{ a }}', audience: 'b', goal: 'c', keyPoints: ['d', '{{ e }}'], tone: 'casual' }

  it('has a point a line, and comes back as it was', () => {
    expect(draftOfMapping(mapping)).toMatchObject({
      topic: '{{ a }}',
      keyPoints: 'd\n{{ e }}',
      constraints: '',
    })
    expect(mappingOf(draftOfMapping(mapping))).toEqual(mapping)
  })

  it('is none until every needed answer has something', () => {
    expect(mappingOf({ ...draftOfMapping(mapping), goal: '  ' })).toBeNull()
    expect(mappingOf({ ...draftOfMapping(mapping), keyPoints: '\n' })).toBeNull()
  })
})

it('offers the paths of texts and of lists of texts, not of what holds others', () => {
  const body = { a: { b: 'x', c: ['y', 'z'], 'd.e': 1 }, f: [{ g: true }] }
  expect(pathsOf(body)).toEqual(['a.b', 'a.c', 'f.0.g'])
})
