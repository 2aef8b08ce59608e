import { expect, test } from 'vitest'
import type { Flow } from '#graph'
import { neighbour } from './walk.ts'

const flow: Flow = {
  schemaVersion: 1,
  name: 'Walk',
  description: '',
  nodes: Object.entries({ a: [0, 0], b: [300, 0], c: [300, 200], far: [320, 900] }).map(
    ([id, [x = 0, y = 0]]) => ({
      id,
      type: 't',
      version: 1,
      position: { x, y },
      config: {},
    }),
  ),
  edges: [
    { id: 'e', source: { node: 'a', port: 'o' }, target: { node: 'c', port: 'i' } },
    { id: 'f', source: { node: 'a', port: 'o' }, target: { node: 'far', port: 'i' } },
  ],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

test('left and right follow a connection, the nearest where there are several', () => {
  expect(neighbour(flow, 'a', 'right')).toBe('c')
  expect(neighbour(flow, 'far', 'left')).toBe('a')
})

test('without a connection an arrow leads to what lies nearest there', () => {
  expect(neighbour(flow, 'b', 'left')).toBe('a')
  expect(neighbour(flow, 'b', 'down')).toBe('c')
  expect(neighbour(flow, 'c', 'up')).toBe('b')
})

test('where nothing lies that way an arrow leads nowhere, and from nowhere it leads to the first node', () => {
  expect(neighbour(flow, 'a', 'left')).toBeNull()
  expect(neighbour(flow, 'gone', 'up')).toBe('a')
})
