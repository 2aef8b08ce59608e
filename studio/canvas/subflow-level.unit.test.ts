import { describe, expect, test } from 'vitest'
import { type Flow, type NodeManifest, flowDiff, flowSchema } from '#graph'
import { sceneMaker, sceneOf } from './scene.ts'
import type { StepData } from './scene-nodes.ts'
import { levelOf } from './subflow-level.ts'
import { manifestsByKey } from './wiring.ts'

type Types = Record<string, NodeManifest['inputs'][string]['type']>

const ports = (types: Types) =>
  Object.fromEntries(Object.entries(types).map(([id, type]) => [id, { type, title: id }]))
const manifest = (type: string, inputs: Types, outputs: Types): NodeManifest => ({
  type,
  version: 1,
  title: type[0]?.toUpperCase() + type.slice(1),
  summary: '',
  category: 'flow',
  icon: '',
  mode: 'each',
  config: {},
  inputs: ports(inputs),
  outputs: ports(outputs),
  uses: [],
  calls: [],
  examples: [],
})
const manifests = manifestsByKey([
  manifest('brief', {}, { brief: 'brief' }),
  manifest('writer', { brief: 'brief' }, { drafts: 'draft', log: 'text' }),
  manifest('editor', { drafts: 'draft' }, { drafts: 'draft' }),
  manifest('rank', { drafts: 'draft', evaluations: 'evaluation' }, { ranking: 'ranking' }),
])

const node = (id: string, x: number, subflow?: string, type = id) => ({
  id,
  type,
  version: 1,
  position: { x, y: 0 },
  config: {},
  ...(subflow === undefined ? {} : { subflow }),
})
const edge = (id: string, from: string, to: string) => {
  const end = (text: string) => {
    const [node = '', ...port] = text.split('.')
    return { node, port: port.join('.') }
  }
  return { id, source: end(from), target: end(to) }
}
/** brief → (writer → (editor)) → rank: the writer lies in `outer`, the editor in `inner` within it. */
const flow = (patch: Partial<Flow> = {}): Flow =>
  flowSchema.parse({
    schemaVersion: 1,
    name: 'Levels',
    nodes: [node('brief', 0), node('writer', 300, 'outer'), node('editor', 600, 'inner'), node('rank', 900)],
    edges: [
      edge('a', 'brief.brief', 'writer.brief'),
      edge('b', 'writer.drafts', 'editor.drafts'),
      edge('c', 'editor.drafts', 'rank.drafts'),
    ],
    notes: [
      { id: 'here', text: '', position: { x: 0, y: 0 } },
      { id: 'there', text: '', position: { x: 0, y: 0 }, subflow: 'inner' },
    ],
    groups: [{ id: 'g', title: 'All', nodes: ['brief', 'writer', 'editor'] }],
    subflows: [
      { id: 'outer', title: 'Outer', position: { x: 400, y: 0 } },
      { id: 'inner', title: 'Inner', position: { x: 600, y: 0 }, parent: 'outer' },
    ],
    ...patch,
  })
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id)
const portsOf = (level: ReturnType<typeof levelOf>, id: string, side: 'inputs' | 'outputs') =>
  Object.entries(level.manifests[`:subflow:${id}@1`]?.[side] ?? {}).map(([key, { title, type }]) => [
    key,
    title,
    type,
  ])

describe('a level', () => {
  test('holds its own nodes and notes, and each sub-flow as one node with the connections of all that is inside', () => {
    const top = levelOf(flow(), manifests, null)
    expect(ids(top.flow.nodes)).toEqual(['brief', 'rank', 'outer'])
    expect(ids(top.flow.notes)).toEqual(['here'])
    expect(top.flow.edges).toEqual([
      edge('a', 'brief.brief', 'outer.writer.brief'),
      edge('c', 'outer.editor.drafts', 'rank.drafts'),
    ])
    expect(top.whole.nodes).toHaveLength(3)
    expect([...(top.content.get('outer') ?? [])].toSorted()).toEqual([
      'editor',
      'inner',
      'outer',
      'there',
      'writer',
    ])
  })

  test('gives a sub-flow the ports that connections cross its border at, then those that nothing is connected to', () => {
    const top = levelOf(flow(), manifests, null)
    expect(portsOf(top, 'outer', 'inputs')).toEqual([['writer.brief', 'brief', 'brief']])
    expect(portsOf(top, 'outer', 'outputs')).toEqual([
      ['editor.drafts', 'drafts', 'draft'],
      ['writer.log', 'log', 'text'],
    ])
    expect(top.realEnd({ node: 'outer', port: 'editor.drafts' })).toEqual({ node: 'editor', port: 'drafts' })
    expect(top.realEnd({ node: 'brief', port: 'brief' })).toEqual({ node: 'brief', port: 'brief' })
  })

  test('tells ports of the same title apart by the node that they belong to', () => {
    const both = flow({ edges: [edge('c', 'editor.drafts', 'rank.drafts')] })
    expect(portsOf(levelOf(both, manifests, null), 'outer', 'outputs').map(([, title]) => title)).toEqual([
      'Editor: drafts',
      'Writer: drafts',
      'log',
    ])
  })

  test('shows connections to the outside at borders, one for each node and direction', () => {
    const outer = levelOf(flow(), manifests, 'outer')
    expect(ids(outer.flow.nodes)).toEqual(['writer', 'inner'])
    expect(ids(outer.flow.edges)).toEqual(['b'])
    expect([...outer.borders.values()].map((border) => [border.side, border.node])).toEqual([
      ['from', 'brief'],
      ['to', 'rank'],
    ])
    expect(ids(outer.whole.edges)).toEqual(['b', 'a', 'c'])
    const inner = levelOf(flow(), manifests, 'inner')
    expect(ids(inner.whole.nodes)).toEqual(['editor', 'from:writer', 'to:rank'])
    const [editor, from, to] = inner.whole.nodes.map(({ position }) => position.x)
    expect((from ?? 0) < (editor ?? 0) && (editor ?? 0) < (to ?? 0)).toBe(true)
  })

  test('of a flow without sub-flows is that flow itself', () => {
    const none = flow({ subflows: [], nodes: [node('brief', 0)], edges: [], groups: [], notes: [] })
    expect(levelOf(none, manifests, 'gone').whole).toBe(none)
  })
})

describe('the drawing of a sub-flow', () => {
  const input = (patch: Partial<Parameters<typeof sceneOf>[0]> = {}) => ({
    flow: flow(),
    manifests,
    catalog: null,
    findings: [],
    overlay: null,
    peers: [],
    ...patch,
  })
  const outer = (scene: ReturnType<typeof sceneOf>) => scene.nodes.find(({ id }) => id === 'outer')
  const data = (scene: ReturnType<typeof sceneOf>) => outer(scene)?.data as StepData

  test('is named with its steps, connections and problems, and shows who works inside', () => {
    const finding = {
      code: '',
      severity: 'error' as const,
      nodeId: 'editor',
      path: '',
      message: 'no agent',
      fix: '',
    }
    const ben = { id: '1', name: 'Ben', colour: '#000', cursor: null, inside: 'inner', selection: ['editor'] }
    const scene = sceneOf(input({ findings: [finding], peers: [ben] }))
    expect(outer(scene)?.ariaLabel).toBe('Outer, sub-flow of 2 steps, connected to Rank, 1 problem')
    expect(data(scene)).toMatchObject({ problems: ['Editor: no agent'], peers: [{ name: 'Ben' }] })
  })

  test('shows on its ports what is pinned on those inside', () => {
    const pins = new Map([['editor.drafts', ['one', 'two'].map((label) => ({ label, value: {} }))]])
    const [drafts, log] = data(sceneOf(input({ pins }))).outputs
    expect([drafts?.pinned, log?.pinned]).toEqual([2, null])
  })

  test('adds up what its inside did in a run', () => {
    const count = (part: object) => ({ total: 2, ended: 1, succeeded: 1, running: 0, failed: 0, ...part })
    const spent = { durationMs: 1_000, calls: 1, costMicros: 20_000 }
    const scene = sceneOf(
      input({
        overlay: {
          kind: 'run',
          counts: { writer: count({}), editor: count({ running: 1 }) },
          spent: { writer: spent, editor: spent },
        },
      }),
    )
    expect(data(scene)).toMatchObject({
      state: 'running',
      counts: { total: 4, ended: 2, running: 1 },
      fact: '2.0 s · US$0.04',
    })
  })

  test('says that it differs when its inside does, has moved when it has, and stays as a ghost when it is gone', () => {
    const before = flow()
    const mark = (after: Flow) =>
      data(sceneOf(input({ flow: after, overlay: { kind: 'diff', diff: flowDiff(before, after) } })))?.mark
    const nodes = before.nodes.map((one) => (one.id === 'editor' ? { ...one, title: 'Named' } : one))
    expect(mark(flow({ nodes }))).toBe('changed')
    expect(mark(flow({ nodes: before.nodes.filter(({ id }) => id !== 'editor'), edges: [] }))).toBe('changed')
    const subflows = before.subflows.map((one) => ({ ...one, position: { x: 1, y: 1 } }))
    expect(mark(flow({ subflows }))).toBe('moved')
    const out = before.nodes.map(({ subflow: _subflow, ...one }) => one)
    expect(mark(flow({ subflows: [], nodes: out, notes: [] }))).toBe('removed')
  })

  test('is the same object as before when nothing about it has changed', () => {
    const make = sceneMaker()
    const before = flow()
    const first = make(input({ flow: before }))
    const nodes = before.nodes.map((one) => (one.id === 'rank' ? { ...one, annotation: 'Last' } : one))
    const second = make(input({ flow: { ...before, nodes } }))
    expect(outer(second)).toBe(outer(first))
    expect(second.edges[0]).toBe(first.edges[0])
  })
})
