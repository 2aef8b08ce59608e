import { expect, test } from 'vitest'
import { spokenName } from './names.ts'

test('a node is read out with what follows it and how many problems it has', () => {
  expect(spokenName('Writers', ['Editors'], 2, false)).toBe('Writers, connected to Editors, 2 problems')
  expect(spokenName('Writers', ['Editors', 'Merge', 'Editors'], 1, false)).toBe(
    'Writers, connected to Editors and Merge, 1 problem',
  )
})

test('a node that is switched off or leads nowhere says so', () => {
  expect(spokenName('Rank', [], 0, true)).toBe('Rank, switched off, connected to nothing')
})
