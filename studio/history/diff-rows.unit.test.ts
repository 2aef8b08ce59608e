import { describe, expect, it } from 'vitest'
import { type Flow, flowDiff } from '#graph'
import { diffRows } from './diff-rows.ts'

const node = (id: string, more: Partial<Flow['nodes'][number]> = {}): Flow['nodes'][number] => ({
  id,
  type: 'writer',
  version: 1,
  position: { x: 0, y: 0 },
  config: {},
  ...more,
})
const flowOf = (more: Partial<Flow> = {}): Flow => ({
  schemaVersion: 1,
  name: 'Tea',
  description: '',
  nodes: [],
  edges: [],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  ...more,
})
const rowsOf = (before: Flow, after: Flow) => diffRows(flowDiff(before, after), before, after, [])
const summary = (before: Flow, after: Flow) =>
  rowsOf(before, after).map(({ what, title, onCanvas }) => ({ what, title, onCanvas }))

describe('the list of differences', () => {
  it('is empty for two equal flows', () => {
    const flow = flowOf({ nodes: [node('a')] })
    expect(rowsOf(flow, structuredClone(flow))).toEqual([])
  })

  it('names what was added, removed and moved; what is gone goes by its old name', () => {
    const before = flowOf({ nodes: [node('a', { title: 'Old' }), node('b', { title: 'Still' })] })
    const after = flowOf({
      nodes: [node('b', { title: 'Still', position: { x: 40, y: 0 } }), node('c', { title: 'New' })],
    })
    expect(summary(before, after)).toEqual([
      { what: 'added', title: 'New', onCanvas: true },
      { what: 'removed', title: 'Old', onCanvas: true },
      { what: 'moved', title: 'Still', onCanvas: true },
    ])
  })

  it('names a connection by the nodes at its ends', () => {
    const nodes = [node('a', { title: 'Write' }), node('b', { title: 'Edit' })]
    const edge = { id: 'e', source: { node: 'a', port: 'out' }, target: { node: 'b', port: 'in' } }
    expect(summary(flowOf({ nodes }), flowOf({ nodes, edges: [edge] }))).toEqual([
      { what: 'added', title: 'Write → Edit', onCanvas: true },
    ])
  })

  it('shows of a changed field which words went and which came', () => {
    const before = flowOf({
      nodes: [node('a', { config: { maxEditCycles: 3, prompt: 'Write about green tea' } })],
    })
    const after = flowOf({
      nodes: [node('a', { config: { maxEditCycles: 4, prompt: 'Write about black tea' } })],
    })
    const [row] = rowsOf(before, after)
    expect(row?.what).toBe('changed')
    expect(row?.fields.find(({ name }) => name === 'Prompt')?.passages).toEqual([
      { kind: 'same', text: 'Write about ' },
      { kind: 'removed', text: 'green' },
      { kind: 'added', text: 'black' },
      { kind: 'same', text: ' tea' },
    ])
    expect(row?.fields.find(({ name }) => name === 'Max edit cycles')?.passages).toEqual([
      { kind: 'removed', text: '3' },
      { kind: 'same', text: ' → ' },
      { kind: 'added', text: '4' },
    ])
  })

  it('tells changes of the flow itself and of its groups', () => {
    const group = { id: 'g', title: 'Writing', nodes: ['a'] }
    const before = flowOf({ nodes: [node('a')] })
    const after = flowOf({ nodes: [node('a')], name: 'Coffee', groups: [group] })
    expect(summary(before, after)).toEqual([
      { what: 'changed', title: 'The flow itself', onCanvas: false },
      { what: 'added', title: 'Group “Writing”', onCanvas: true },
    ])
    expect(rowsOf(before, after)[0]?.fields.map(({ name }) => name)).toEqual(['Name'])
  })

  it('has one row for a node that was both changed and moved', () => {
    const after = flowOf({ nodes: [node('a', { title: 'New', position: { x: 9, y: 9 } })] })
    expect(summary(flowOf({ nodes: [node('a')] }), after)).toEqual([
      { what: 'changed', title: 'New', onCanvas: true },
    ])
  })

  it('calls a note by the beginning of its text', () => {
    const note = { id: 'n', text: `${'long '.repeat(20)}\nsecond line`, position: { x: 0, y: 0 } }
    const [row] = rowsOf(flowOf(), flowOf({ notes: [note] }))
    expect(row?.title).toMatch(/^Note “long long .{1,40}…”$/)
  })
})
