import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeManifest } from '#sdk'
import type { Flow } from '../flow.ts'
import { TEST_MANIFESTS } from '../testing/flows.ts'
import {
  addNode,
  connectable,
  flowDiff,
  flowOf,
  flowText,
  isSameFlow,
  migrateFlow,
  moveNodes,
  removeItems,
  setConfig,
  setNode,
} from './index.ts'
import { chain, draftOf, each, out, richFlow } from './testing/flows.ts'

describe('connectable', () => {
  const typed = (input: 'text' | 'draft' | 'any', output: 'text' | 'draft'): NodeManifest => ({
    ...(TEST_MANIFESTS['each@1'] as NodeManifest),
    inputs: { in: { type: input, title: 'In' } },
    outputs: { out: { type: output, title: 'Out' } },
  })
  const manifests = { ...TEST_MANIFESTS, 'text@1': typed('text', 'text'), 'draft@1': typed('draft', 'draft') }

  test('says why an edge may not be drawn', () => {
    const flow = chain('source', 'each', 'each', 'text', 'draft', 'nothing')
    flow.edges = flow.edges.slice(0, 2)
    const reason = (source: string, target: string, port = 'in') => {
      const answer = connectable(flow, manifests, out(source), { node: target, port })
      return answer.ok ? 'ok' : answer.reason
    }
    expect(reason('n0', 'n2')).toBe('ok')
    expect(reason('n0', 'n3')).toBe('ok')
    expect(reason('n0', 'n1')).toMatch(/already/)
    expect(reason('n1', 'n1')).toMatch(/itself/)
    expect(reason('n2', 'n1')).toMatch(/circle/)
    expect(reason('n3', 'n4')).toBe('Out is a text, but In takes a draft.')
    expect(reason('n0', 'n9')).toMatch(/not there/)
    expect(reason('n0', 'n1', 'constructor')).toMatch(/no input/)
    expect(reason('n0', 'n5')).toMatch(/No node type "nothing"/)
  })
})

describe('flowDiff', () => {
  test('of a flow with itself is empty, and with another names what was added, removed, changed and moved', () => {
    fc.assert(fc.property(richFlow, (flow) => isSameFlow(flowDiff(flow, flowOf(draftOf(flow))))))
    const doc = draftOf(chain('source', 'each', 'each', 'collect'))
    const before = flowOf(doc)
    removeItems(doc, { nodes: ['n3'] })
    const id = addNode(doc, each)
    setConfig(doc, 'n1', 'text', 'new')
    setNode(doc, 'n1', { title: 'Named' })
    moveNodes(doc, [{ id: 'n2', x: 5, y: 6 }])
    const { nodes, edges, meta } = flowDiff(before, flowOf(doc))
    expect(nodes.added.map((node) => node.id)).toEqual([id])
    expect(nodes.removed.map((node) => node.id)).toEqual(['n3'])
    expect(nodes.changed).toEqual([
      {
        id: 'n1',
        fields: expect.arrayContaining([
          { path: 'config.text', before: undefined, after: 'new' },
          { path: 'title', before: undefined, after: 'Named' },
        ]),
      },
    ])
    expect(nodes.moved).toEqual([{ id: 'n2', before: { x: 600, y: 0 }, after: { x: 5, y: 6 } }])
    expect(edges.removed.map((edge) => edge.id)).toEqual(['e2'])
    expect(meta).toEqual([])
  })
})

describe('a flow as text', () => {
  test('is the same whatever the order of its keys, and reads back as the same flow', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, entry]) => [key, reversed(entry)]),
      )
    }
    fc.assert(
      fc.property(richFlow, (flow) => {
        const text = flowText(flow)
        expect(flowText(reversed(flow) as Flow)).toBe(text)
        expect(migrateFlow(JSON.parse(text))).toEqual({ flow, findings: [], from: 1 })
      }),
      { numRuns: 200 },
    )
  })
})

describe('migrating a flow', () => {
  const codes = (document: unknown) => migrateFlow(document).findings.map((finding) => finding.code)

  test('refuses versions that never were, are missing or are newer, and says what to do', () => {
    const { schemaVersion: _version, ...unversioned } = chain('source')
    expect(codes(unversioned)).toEqual(['flow.version_missing'])
    expect(codes({ ...unversioned, schemaVersion: 0 })).toEqual(['flow.version_unknown'])
    expect(codes({ ...unversioned, schemaVersion: 'one' })).toEqual(['flow.version_unknown'])
    expect(codes({ ...unversioned, schemaVersion: 2 })).toEqual(['flow.version_newer'])
    expect(codes({ ...unversioned, schemaVersion: 1, nodes: 'none' })).toEqual(['flow.schema'])
    for (const document of [null, 'text', 7, []]) expect(codes(document)).toEqual(['flow.schema'])
    expect(migrateFlow({ schemaVersion: 2 })).toMatchObject({ flow: null, from: 2 })
  })

  test('takes an older document through every version up to the present one', () => {
    const { name, ...nameless } = chain('source')
    const older = { ...nameless, label: name, schemaVersion: -1 }
    const migrated = migrateFlow(older, {
      [-1]: ({ label, ...rest }) => ({ ...rest, title: label }),
      0: ({ title, ...rest }) => ({ ...rest, name: title }),
    })
    expect(migrated).toEqual({ flow: chain('source'), findings: [], from: -1 })
  })
})
