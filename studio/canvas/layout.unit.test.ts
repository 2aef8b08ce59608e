import { expect, test } from 'vitest'
import type { Flow } from '#graph'
import { elkGraph, movesOf } from './layout.ts'

const flow: Flow = {
  schemaVersion: 1,
  name: 'Layout',
  description: '',
  nodes: ['a', 'b', 'c'].map((id, index) => ({
    id,
    type: 't',
    version: 1,
    position: { x: 100 + index * 7, y: 50 },
    config: {},
  })),
  edges: [{ id: 'e', source: { node: 'a', port: 'o' }, target: { node: 'b', port: 'i' } }],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

test('only chosen nodes and the edges between them are laid out', () => {
  const graph = elkGraph(flow, {}, new Set(['a', 'c']))
  expect(graph.children.map(({ id }) => id)).toEqual(['a', 'c'])
  expect(graph.edges).toEqual([])
})

test('the layout begins where the nodes began, on the grid, and names only nodes that move', () => {
  const placed = [
    { id: 'a', x: 0, y: 0 },
    { id: 'b', x: 344, y: 0 },
    { id: 'c', x: 0, y: 90 },
  ]
  expect(movesOf(flow, {}, placed, new Set())).toEqual([
    { id: 'a', x: 100, y: 60 },
    { id: 'b', x: 440, y: 60 },
    { id: 'c', x: 100, y: 140 },
  ])
  expect(movesOf({ ...flow, nodes: [] }, {}, placed, new Set())).toEqual([])
})

test('a large flow is placed by the method that is quick, a small one by the one that is neat', () => {
  const strategyFor = (count: number) => {
    const nodes = Array.from({ length: count }, (_, index) => ({
      id: `n${index}`,
      type: 't',
      version: 1,
      position: { x: 0, y: 0 },
      config: {},
    }))
    return elkGraph({ ...flow, nodes, edges: [] }, {}, new Set()).layoutOptions[
      'elk.layered.nodePlacement.strategy'
    ]
  }
  expect(strategyFor(200)).toBe('NETWORK_SIMPLEX')
  expect(strategyFor(201)).toBe('BRANDES_KOEPF')
})
