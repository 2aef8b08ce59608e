import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Flow } from '../flow.ts'
import { TEST_CATALOG, TEST_MANIFESTS } from '../testing/flows.ts'
import { compile } from '../compile.ts'
import { validateFlow } from '../validate.ts'
import {
  addNode,
  clipOf,
  collapse,
  dissolve,
  draftUpdateOf,
  flowDiff,
  flowOf,
  flowText,
  migrateFlow,
  moveInto,
  moveNodes,
  pasteClip,
  removeItems,
  setSubflow,
  undoManagerOf,
} from './index.ts'
import { clientsAt, meet, send } from './testing/clients.ts'
import { chain, draftOf, each } from './testing/flows.ts'

const place = { title: 'Review', position: { x: 300, y: 40 } }
const five = () => chain('source', 'each', 'each', 'each', 'collect')
const levels = (flow: Flow) => flow.nodes.map(({ subflow }) => subflow)

function collapsed(flow = five()) {
  const doc = draftOf(flow)
  const origin = {}
  const undo = undoManagerOf(doc, origin)
  const id = collapse(doc, { nodes: ['n1', 'n2', 'n3'] }, place, origin) ?? ''
  return { doc, origin, undo, id }
}

describe('a sub-flow', () => {
  test('takes what was selected in without moving or rewiring it, as one step of undo', () => {
    const { doc, undo, id } = collapsed()
    const flow = flowOf(doc)
    expect(levels(flow)).toEqual([undefined, id, id, id, undefined])
    expect(flow.subflows).toEqual([{ id, ...place }])
    expect(flow.edges).toEqual(five().edges)
    undo.undo()
    expect(flowOf(doc)).toEqual(five())
    undo.redo()
    expect(flowOf(doc)).toEqual(flow)
  })

  test('is a view only: the flow compiles to the same and the validator accepts it', () => {
    const { doc } = collapsed()
    const shape = (flow: Flow) => {
      const { nodes, order } = compile(flow, TEST_MANIFESTS)
      return [order, [...nodes.values()].map(({ title, upstream, entries }) => [title, upstream, entries])]
    }
    expect(shape(flowOf(doc))).toEqual(shape(five()))
    expect(validateFlow(flowOf(doc), TEST_MANIFESTS, TEST_CATALOG)).toEqual([])
  })

  test('dissolves into the level that it lies on, and goes with all that it holds when it is removed', () => {
    const { doc, origin, undo, id } = collapsed()
    const inner = collapse(doc, { nodes: ['n2', 'n3'] }, place, origin) ?? ''
    expect(flowOf(doc).subflows.find((one) => one.id === inner)?.parent).toBe(id)
    dissolve(doc, inner, origin)
    expect(levels(flowOf(doc))).toEqual([undefined, id, id, id, undefined])
    undo.undo()
    expect(levels(flowOf(doc))).toEqual([undefined, id, inner, inner, undefined])
    const before = flowOf(doc)
    undo.stopCapturing()
    removeItems(doc, { subflows: [id] }, origin)
    expect(flowOf(doc)).toMatchObject({ nodes: [{ id: 'n0' }, { id: 'n4' }], edges: [], subflows: [] })
    undo.undo()
    expect(flowOf(doc)).toEqual(before)
  })

  test('never comes to lie in itself, whoever moves what where', () => {
    const { doc, id } = collapsed()
    const inner = collapse(doc, { nodes: ['n2'] }, place) ?? ''
    moveInto(doc, { subflows: [id] }, inner)
    moveInto(doc, { subflows: [id] }, id)
    expect(flowOf(doc).subflows.map(({ parent }) => parent)).toEqual([undefined, id])

    const [ann, ben] = clientsAt(five(), ['ann', 'ben'])
    if (!ann || !ben) throw new Error('two clients')
    const a = collapse(ann.doc, { nodes: ['n1'] }, place, ann.origin) ?? ''
    const b = collapse(ann.doc, { nodes: ['n2'] }, place, ann.origin) ?? ''
    send(ann.doc, ben.doc)
    moveInto(ann.doc, { subflows: [a] }, b, ann.origin)
    moveInto(ben.doc, { subflows: [b] }, a, ben.origin)
    meet([ann.doc, ben.doc])
    expect(flowOf(ann.doc).subflows.map(({ parent }) => parent)).toEqual([undefined, undefined])
    expect(flowOf(ben.doc)).toEqual(flowOf(ann.doc))
    expect(levels(flowOf(ann.doc))).toEqual([undefined, a, b, undefined, undefined])
  })

  test('stays with what another put into it when its maker takes the collapsing back', () => {
    const [ann, ben] = clientsAt(five(), ['ann', 'ben'])
    if (!ann || !ben) throw new Error('two clients')
    const id = collapse(ann.doc, { nodes: ['n1', 'n2'] }, place, ann.origin) ?? ''
    send(ann.doc, ben.doc)
    const made = addNode(ben.doc, { ...each, subflow: id }, ben.origin)
    ann.undo.undo()
    meet([ann.doc, ben.doc])
    const flow = flowOf(ann.doc)
    expect(flow.subflows.map((one) => one.id)).toEqual([id])
    expect(flow.nodes.filter(({ subflow }) => subflow === id).map((node) => node.id)).toEqual([made])
  })

  test('that somebody dissolved meanwhile leaves what another put into it on the top level', () => {
    const [ann, ben] = clientsAt(five(), ['ann', 'ben'])
    if (!ann || !ben) throw new Error('two clients')
    const id = collapse(ann.doc, { nodes: ['n1', 'n2'] }, place, ann.origin) ?? ''
    send(ann.doc, ben.doc)
    const made = addNode(ben.doc, { ...each, subflow: id }, ben.origin)
    dissolve(ann.doc, id, ann.origin)
    meet([ann.doc, ben.doc])
    const flow = flowOf(ben.doc)
    expect(flow.nodes.at(-1)).toEqual({ ...each, id: made, config: {} })
    expect(flowOf(ann.doc)).toEqual(flow)
  })

  test('is copied with all that it holds and pasted into the level that is open', () => {
    const { doc, id } = collapsed()
    const inner = collapse(doc, { nodes: ['n3'] }, { ...place, title: 'Inner' }) ?? ''
    const before = flowOf(doc)
    const { nodes, subflows, outermost } = pasteClip(
      doc,
      clipOf(before, [id]),
      { x: 7, y: 8 },
      undefined,
      inner,
    )
    const flow = flowOf(doc)
    const [copy, innerCopy] = subflows
    expect(outermost).toEqual([copy])
    expect(flow.subflows.slice(2)).toEqual([
      { id: copy, title: 'Review', position: { x: 7, y: 8 }, parent: inner },
      { id: innerCopy, title: 'Inner', position: place.position, parent: copy },
    ])
    expect(flow.nodes.slice(5).map(({ subflow, position }) => [subflow, position])).toEqual([
      [copy, before.nodes[1]?.position],
      [copy, before.nodes[2]?.position],
      [innerCopy, before.nodes[3]?.position],
    ])
    expect(flow.edges.slice(4).map(({ source, target }) => [source.node, target.node])).toEqual([
      [nodes[0], nodes[1]],
      [nodes[1], nodes[2]],
    ])
  })

  test('in a difference is an item like others, and a node that went into it says so', () => {
    const { doc, id } = collapsed()
    const before = flowOf(doc)
    expect(flowDiff(five(), before)).toMatchObject({
      subflows: { added: [{ id }] },
      nodes: {
        changed: ['n1', 'n2', 'n3'].map((node) => ({
          id: node,
          fields: [{ path: 'subflow', before: undefined, after: id }],
        })),
        moved: [],
      },
    })
    setSubflow(doc, id, { title: 'Look', colour: 'amber', annotation: 'Twice' })
    moveNodes(doc, [{ id, x: 1, y: 2 }])
    const { subflows } = flowDiff(before, flowOf(doc))
    expect(subflows.changed[0]?.fields.map(({ path }) => path)).toEqual(['title', 'colour', 'annotation'])
    expect(subflows.moved).toEqual([{ id, before: place.position, after: { x: 1, y: 2 } }])
  })
})

describe('a document with sub-flows', () => {
  const lost = (): Flow => ({
    ...five(),
    nodes: five().nodes.map((node, index) => (index === 1 ? { ...node, subflow: 'gone' } : node)),
    notes: [{ id: 'note', text: '', position: { x: 0, y: 0 }, subflow: 'gone' }],
    subflows: [
      { ...place, id: 'a', parent: 'b' },
      { ...place, id: 'b', parent: 'a' },
      { ...place, id: 'c', parent: 'b' },
      { ...place, id: 'd', parent: 'gone' },
    ],
  })

  test('that refers to one that is not there, or has them in each other, is reported with the place', () => {
    const found = validateFlow(lost(), TEST_MANIFESTS, TEST_CATALOG).map(({ code, path }) => [code, path])
    expect(found).toEqual([
      ['subflow.unknown', 'nodes.1.subflow'],
      ['subflow.unknown', 'notes.0.subflow'],
      ['subflow.cycle', 'subflows.0.parent'],
      ['subflow.cycle', 'subflows.1.parent'],
      ['subflow.unknown', 'subflows.3.parent'],
    ])
  })

  test('reads in a draft with everything of that on the top level', () => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, draftUpdateOf(lost()))
    const flow = flowOf(doc)
    expect(flow.subflows.map(({ parent }) => parent)).toEqual([undefined, undefined, 'b', undefined])
    expect(validateFlow(flow, TEST_MANIFESTS, TEST_CATALOG)).toEqual([])
  })

  test('without any is read as before there were sub-flows', () => {
    const { subflows: _subflows, ...older } = five()
    expect(migrateFlow(older)).toEqual({ flow: five(), findings: [], from: 1 })
    expect(Object.keys(JSON.parse(flowText(five())) as object).at(-1)).toBe('subflows')
  })
})
