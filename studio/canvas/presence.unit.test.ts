import { expect, test } from 'vitest'
import { colourOf, peerOf } from './presence.ts'

const user = { id: 'u1', name: 'Ada' }

test('a peer has the same colour in every tab', () => {
  expect(peerOf(1, { user })?.colour).toBe(peerOf(2, { user })?.colour)
  expect(colourOf('u1')).toMatch(/^#[0-9a-f]{6}$/)
})

test('what another browser says of itself is taken only where it has the right shape', () => {
  expect(peerOf(1, null)).toBeNull()
  expect(peerOf(1, { user: { id: 7, name: 'Ada' } })).toBeNull()
  expect(peerOf(1, { user, cursor: { x: 'far', y: 0 }, selection: ['a', 3] })).toMatchObject({
    name: 'Ada',
    cursor: null,
    selection: ['a'],
  })
  expect(peerOf(1, { user, cursor: { x: NaN, y: 0 } })?.cursor).toBeNull()
})
