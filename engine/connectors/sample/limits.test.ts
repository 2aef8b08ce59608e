import { expect, test } from 'vitest'
import { limitsOf } from './limits.ts'

test.each([
  ['At most 120 words.', { words: 120 }],
  ['700 to 900 words. No names.', { words: 900 }],
  ['400 words at most. Embargo: none.', { words: 400 }],
  ['Under 1,200 characters. At most four hashtags.', { characters: 1_200 }],
  ['At most seven posts. One hashtag.', { posts: 7 }],
  ['Keep it short.', {}],
])('%j is read as %j', (constraints, limits) => {
  expect(limitsOf(constraints)).toEqual({ words: null, posts: null, characters: null, ...limits })
})
