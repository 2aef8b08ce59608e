import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { flowSchema } from '../flow.ts'
import {
  addGroup,
  addNode,
  connect,
  draftUpdateOf,
  flowOf,
  insertOnEdge,
  moveNodes,
  removeItems,
  setConfig,
  setNode,
  undoManagerOf,
  writeFlow,
} from './index.ts'
import { clientsAt, meet } from './testing/clients.ts'
import { chain, draftOf, each, into, out, richFlow } from './testing/flows.ts'

describe('a draft', () => {
  test('holds any flow that is written into it, in the same order, over any other', () => {
    fc.assert(
      fc.property(richFlow, richFlow, (first, second) => {
        const doc = draftOf(first)
        expect(flowOf(doc)).toEqual(first)
        writeFlow(doc, second)
        expect(flowOf(doc)).toEqual(second)
        writeFlow(doc, first)
        expect(flowOf(doc)).toEqual(first)
      }),
      { numRuns: 300 },
    )
  })

  test('is not written to where the flow that is written is the one that it holds', () => {
    fc.assert(
      fc.property(richFlow, (flow) => {
        const doc = draftOf(flow)
        const before = Y.encodeStateVector(doc)
        writeFlow(doc, flowOf(doc))
        expect(Y.encodeStateVector(doc)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  test('that was started twice from one flow is one draft, whatever the order of the keys', () => {
    const flow = chain('source', 'each')
    const other = {
      ...chain('source', 'each'),
      nodes: flow.nodes.map(({ id, ...rest }) => ({ ...rest, id })),
    }
    expect(draftUpdateOf(other)).toEqual(draftUpdateOf(flow))
    const edited = draftOf(flow)
    setConfig(edited, 'n1', 'text', 'kept')
    const again = draftOf(flow)
    meet([edited, again])
    expect(flowOf(again).nodes[1]?.config).toEqual({ text: 'kept' })
  })

  test('gives a flow that fits the schema whatever a hostile client writes into it', () => {
    const anything = fc.oneof(
      fc.object(),
      fc.string(),
      fc.double(),
      fc.constantFrom(Number.NaN, Infinity, new Uint8Array(3), 'x'.repeat(300), -1, {}),
    )
    const key = fc.constantFrom('type', 'version', 'x', 'title', 'config', 'source', 'nodes', 'alive', 'text')
    const root = fc.constantFrom('nodes', 'edges', 'notes', 'groups', 'meta')
    const writes = fc.array(
      fc.tuple(root, fc.constantFrom('n0', 'e0', '9', '__proto__', 'name'), key, anything),
    )
    let written = 0
    fc.assert(
      fc.property(writes, (list) => {
        const doc = draftOf(chain('source', 'each'))
        for (const [name, id, field, value] of list) {
          const map = doc.getMap(name)
          const item = map.get(id)
          if (item instanceof Y.Map) item.set(field, value)
          else map.set(id, value)
          written++
          expect(flowSchema.safeParse(flowOf(doc)).error).toBeUndefined()
        }
      }),
      { numRuns: 500 },
    )
    expect(written).toBeGreaterThan(100)
  })

  test('gives the same objects for what nobody touched', () => {
    const doc = draftOf(chain('source', 'each', 'collect'))
    const before = flowOf(doc)
    expect(flowOf(doc)).toBe(before)
    setConfig(doc, 'n1', 'text', 'new')
    const after = flowOf(doc)
    expect(after.nodes[0]).toBe(before.nodes[0])
    expect(after.nodes[1]).not.toBe(before.nodes[1])
    expect(after.edges).toBe(before.edges)
  })

  test('shows in the middle of a transaction, and to its observers, what was written so far', () => {
    const doc = draftOf(chain('source'))
    let seen: string | undefined
    doc.getMap('nodes').observeDeep(() => {
      seen = flowOf(doc).nodes[0]?.title
    })
    flowOf(doc)
    doc.transact(() => {
      setNode(doc, 'n0', { title: 'Now' })
      expect(flowOf(doc).nodes[0]?.title).toBe('Now')
    })
    expect(seen).toBe('Now')
  })
})

describe('edits', () => {
  test('removing a node takes its edges and its place in groups, and undo brings all of it back', () => {
    const doc = draftOf(chain('source', 'each', 'collect'))
    const origin = {}
    const undo = undoManagerOf(doc, origin)
    addGroup(doc, { title: 'G', nodes: ['n1', 'n2'] })
    const before = flowOf(doc)
    removeItems(doc, { nodes: ['n1'] }, origin)
    expect(flowOf(doc)).toMatchObject({
      nodes: [{ id: 'n0' }, { id: 'n2' }],
      edges: [],
      groups: [{ nodes: ['n2'] }],
    })
    undo.undo()
    expect(flowOf(doc)).toEqual(before)
  })

  test('inserting on an edge leads it through the new node in one step', () => {
    const doc = draftOf(chain('source', 'collect'))
    const origin = {}
    const undo = undoManagerOf(doc, origin)
    const before = flowOf(doc)
    const id = insertOnEdge(doc, 'e0', { ...each, ports: { input: 'in', output: 'out' } }, origin)
    expect(flowOf(doc).edges).toMatchObject([
      { source: out('n0'), target: into(id) },
      { source: out(id), target: into('n1') },
    ])
    undo.undo()
    expect(flowOf(doc)).toEqual(before)
    undo.redo()
    expect(flowOf(doc).edges).toHaveLength(2)
  })

  test('a connection is drawn once, even by two people at once, and removing it removes both', () => {
    const [ann, ben] = clientsAt(chain('source', 'each'), ['ann', 'ben'])
    if (!ann || !ben) throw new Error('two clients')
    expect(connect(ann.doc, out('n0'), into('n1'))).toBeNull()
    removeItems(ann.doc, { edges: ['e0'] })
    meet([ann.doc, ben.doc])
    connect(ann.doc, out('n0'), into('n1'))
    connect(ben.doc, out('n0'), into('n1'))
    meet([ann.doc, ben.doc])
    const [edge, ...more] = flowOf(ann.doc).edges
    expect(more).toEqual([])
    removeItems(ben.doc, { edges: [edge?.id ?? ''] })
    expect(flowOf(ben.doc).edges).toEqual([])
  })

  test.each([0, 1])(
    'undoing a move that won over another made at the same moment puts the node back where it was: by %i',
    (by) => {
      const clients = clientsAt(chain('source'), ['ann', 'ben'])
      const docs = clients.map(({ doc }) => doc)
      const start = { x: 50, y: 60 }
      docs.forEach((doc) => moveNodes(doc, [{ id: 'n0', ...start }]))
      meet(docs)
      const moves = [
        { x: 100, y: 110 },
        { x: 200, y: 210 },
      ]
      clients.forEach(({ doc, origin }, index) =>
        moveNodes(doc, [{ id: 'n0', ...(moves[index] ?? start) }], origin),
      )
      meet(docs)
      const position = () => docs.map((doc) => flowOf(doc).nodes[0]?.position)
      const [won] = position()
      const undone = won?.x === moves[by]?.x ? start : won
      clients[by]?.undo.undo()
      meet(docs)
      expect(position()).toEqual([undone, undone])
      clients[by]?.undo.redo()
      meet(docs)
      expect(position()).toEqual([won, won])
    },
  )

  test('repeating an edit at once is one step to undo, another edit is another step', () => {
    const doc = draftOf(chain('source', 'each'))
    const origin = {}
    const undo = undoManagerOf(doc, origin)
    for (const text of ['a', 'ab', 'abc']) setConfig(doc, 'n1', 'text', text, origin)
    for (const x of [1, 2, 3]) moveNodes(doc, [{ id: 'n1', x, y: 0 }], origin)
    addNode(doc, each, origin)
    addNode(doc, each, origin)
    expect(undo.undoStack).toHaveLength(4)
    undo.undo()
    undo.undo()
    expect(flowOf(doc).nodes).toHaveLength(2)
    undo.undo()
    expect(flowOf(doc).nodes[1]).toMatchObject({ position: { x: 300 }, config: { text: 'abc' } })
    undo.undo()
    expect(flowOf(doc).nodes[1]?.config).toEqual({})
  })

  test('an edit of a node that is gone changes nothing and says so', () => {
    const doc = draftOf(chain('source'))
    removeItems(doc, { nodes: ['n0'] })
    const before = Y.encodeStateVector(doc)
    expect(setConfig(doc, 'n0', 'text', 'late')).toBe(false)
    expect(setNode(doc, 'n0', { title: 'late' })).toBe(false)
    moveNodes(doc, [{ id: 'n0', x: 9, y: 9 }])
    expect(Y.encodeStateVector(doc)).toEqual(before)
  })

  test('editing, undoing and redoing any number of steps ends where it was', () => {
    const doc = draftOf(chain('source'))
    const origin = {}
    const undo = undoManagerOf(doc, origin)
    const steps = 300
    for (let step = 0; step < steps; step++) {
      if (step % 3 === 0) addNode(doc, each, origin)
      else setConfig(doc, 'n0', `field${step}`, step, origin)
    }
    const after = flowOf(doc)
    while (undo.canUndo()) undo.undo()
    expect(flowOf(doc)).toEqual(chain('source'))
    while (undo.canRedo()) undo.redo()
    expect(flowOf(doc)).toEqual(after)
  })
})
