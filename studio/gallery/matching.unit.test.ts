import { expect, test } from 'vitest'
import { matching } from './matching.ts'

const swarms = [
  { name: 'Blog post swarm', summary: 'Six drafts', description: 'Long reads', contentTypeName: 'Blog post' },
  {
    name: 'Thread swarm',
    summary: 'Numbered posts',
    description: 'Short',
    contentTypeName: 'Twitter thread',
  },
]

test('a template is found when every word occurs somewhere in it, in any order and case', () => {
  expect(matching(swarms, 'posts TWITTER').map(({ name }) => name)).toEqual(['Thread swarm'])
  expect(matching(swarms, 'twitter long')).toEqual([])
})

test('asking for nothing finds everything', () => {
  expect(matching(swarms, '  ')).toEqual(swarms)
})
