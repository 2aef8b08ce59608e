import { expect, test } from 'vitest'
import { type Flow, flowDiff } from '#graph'
import { type SceneInput, sceneMaker, sceneOf } from './scene.ts'
import type { StepData } from './scene-nodes.ts'

const flow = (patch: Partial<Flow> = {}): Flow => ({
  schemaVersion: 1,
  name: 'Scene',
  description: '',
  nodes: [
    {
      id: 'a',
      type: 'writer',
      version: 1,
      position: { x: 0, y: 0 },
      config: { agents: [{ agent: 'creative' }] },
    },
    { id: 'b', type: 'rank', version: 1, title: 'Final', position: { x: 400, y: 0 }, config: {} },
  ],
  edges: [{ id: 'e', source: { node: 'a', port: 'drafts' }, target: { node: 'b', port: 'drafts' } }],
  notes: [],
  groups: [{ id: 'g', title: 'Both', nodes: ['a', 'b'] }],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  ...patch,
})
const input = (patch: Partial<SceneInput> = {}): SceneInput => ({
  flow: flow(),
  manifests: {},
  catalog: null,
  findings: [],
  overlay: null,
  peers: [],
  ...patch,
})
const step = (scene: ReturnType<typeof sceneOf>, id: string) =>
  scene.nodes.find((node) => node.id === id)?.data as StepData

test('an element for which nothing has changed is the same object as before', () => {
  const make = sceneMaker()
  const before = input()
  const first = make(before)
  const { nodes } = before.flow
  const moved = nodes.map((node) => (node.id === 'b' ? { ...node, position: { x: 500, y: 0 } } : node))
  const second = make({ ...before, flow: { ...before.flow, nodes: moved } })
  const same = (id: string) =>
    first.nodes.find((node) => node.id === id) === second.nodes.find((node) => node.id === id)
  expect([same('a'), same('b')]).toEqual([true, false])
  expect(second.edges[0]).toBe(first.edges[0])
})

test('a group lies around its nodes, below them', () => {
  const group = sceneOf(input()).nodes.find(({ id }) => id === 'g')
  expect(group?.position.x).toBeLessThan(0)
  expect(group?.zIndex).toBeLessThan(0)
})

test('what a difference took away is drawn as a ghost that nobody can touch', () => {
  const before = flow()
  const after = flow({ nodes: before.nodes.slice(0, 1), edges: [], groups: [] })
  const scene = sceneOf(input({ flow: after, overlay: { kind: 'diff', diff: flowDiff(before, after) } }))
  expect(step(scene, 'b').mark).toBe('removed')
  expect(scene.nodes.find(({ id }) => id === 'b')).toMatchObject({ draggable: false, selectable: false })
  expect(scene.edges.map(({ class: name }) => name)).toEqual(['port-any mark-removed'])
})

test('removed notes and groups are drawn as ghosts too, and a group that changed carries a mark', () => {
  const before = flow({
    notes: [{ id: 'n', text: 'Gone', position: { x: 0, y: 300 } }],
    groups: [
      { id: 'g', title: 'Both', nodes: ['a', 'b'] },
      { id: 'h', title: 'Second', nodes: ['b'] },
    ],
  })
  const after = flow({ nodes: before.nodes.slice(0, 1), groups: [{ id: 'g', title: 'Both', nodes: ['a'] }] })
  const { nodes } = sceneOf(input({ flow: after, overlay: { kind: 'diff', diff: flowDiff(before, after) } }))
  const marks = Object.fromEntries(nodes.map(({ id, data }) => [id, (data as StepData).mark]))
  expect(marks).toEqual({ a: null, b: 'removed', n: 'removed', g: 'changed', h: 'removed' })
  expect(nodes.find(({ id }) => id === 'h')).toMatchObject({ draggable: false, selectable: false })
})

test('during a run a node shows how far it is, and one that no step was planned for waits', () => {
  const counts = { a: { total: 2, ended: 1, succeeded: 1, running: 1, failed: 0 } }
  const scene = sceneOf(input({ overlay: { kind: 'run', counts, facts: { a: '3 s' }, items: { e: 4 } } }))
  expect(step(scene, 'a')).toMatchObject({ state: 'running', fact: '3 s' })
  expect(step(scene, 'b')).toMatchObject({ state: 'planned', counts: null })
  expect(scene.edges[0]?.label).toBe('4')
})

test('a colour from elsewhere that is no colour never reaches the page', () => {
  const [first, ...rest] = flow().nodes
  const odd = first && { ...first, colour: 'red;background:url(//x)' }
  expect(step(sceneOf(input({ flow: flow({ nodes: odd ? [odd, ...rest] : [] }) })), 'a').colour).toBeNull()
})
