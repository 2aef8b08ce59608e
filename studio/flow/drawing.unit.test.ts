import { expect, test } from 'vitest'
import type { Flow } from '#graph'
import { drawingOf, shapeOf } from './drawing.ts'

const flow: Flow = {
  schemaVersion: 1,
  name: 'Two',
  description: '',
  nodes: [
    {
      id: 'a',
      type: 'writer',
      version: 1,
      position: { x: 0, y: 0 },
      config: { agents: [{ agent: 'creative' }] },
    },
    { id: 'b', type: 'rank', version: 1, title: 'Final', position: { x: 9, y: 0 }, config: {} },
  ],
  edges: [{ id: 'e', source: { node: 'a', port: 'draft' }, target: { node: 'b', port: 'drafts' } }],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}
const counts = (succeeded: number, running: number, failed = 0, skipped = 0) => ({
  total: 2,
  ended: succeeded + failed + skipped,
  succeeded,
  running,
  failed,
})
const states = (a: ReturnType<typeof counts>) =>
  drawingOf(flow, [], { a }).nodes.map(({ data }) => data?.state)

test('without a run every node is drawn plainly, with its own title or its type', () => {
  const { nodes } = drawingOf(flow, [])
  expect(nodes.map(({ data }) => [data?.state, data?.title])).toEqual([
    ['plain', 'writer'],
    ['plain', 'Final'],
  ])
  expect(nodes[0]?.data?.lines).toEqual(['creative'])
})

test('a node is running from its first step to its last, then done, and failed as soon as one step failed', () => {
  expect(states(counts(0, 0))).toEqual(['planned', 'planned'])
  expect(states(counts(1, 0))).toEqual(['running', 'planned'])
  expect(states(counts(2, 0))).toEqual(['done', 'planned'])
  expect(states(counts(1, 0, 1))).toEqual(['failed', 'planned'])
})

test('a node whose steps all turned out not to be needed is not drawn as done', () => {
  expect(states(counts(0, 0, 0, 2))).toEqual(['planned', 'planned'])
  expect(states(counts(1, 0, 0, 1))).toEqual(['done', 'planned'])
})

test('only the edges that lead into a running node move', () => {
  expect(drawingOf(flow, [], { b: counts(0, 1) }).edges.map(({ animated }) => animated)).toEqual([true])
  expect(drawingOf(flow, [], { a: counts(0, 1) }).edges.map(({ animated }) => animated)).toEqual([false])
})

test('a drawing is as wide and high as its nodes, within what a page can show', () => {
  const at = (x: number, y: number) =>
    shapeOf({ ...flow, nodes: flow.nodes.map((node, i) => ({ ...node, position: { x: i * x, y: i * y } })) })
  expect(at(1_800, 240)).toBeGreaterThan(at(900, 240))
  expect([at(0, 5_000), at(90_000, 0)]).toEqual([1.4, 6])
  expect(shapeOf({ ...flow, nodes: [] })).toBeGreaterThanOrEqual(1.4)
})
