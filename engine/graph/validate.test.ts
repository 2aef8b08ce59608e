import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeManifest } from '#sdk'
import {
  type Flow,
  checkInput,
  findingsIn,
  parseFlow,
  plan,
  compile,
  topologicalOrder,
  validateFlow,
} from './index.ts'
import { flowOf } from '../run/testing/flows.ts'
import { TEST_CATALOG, TEST_MANIFESTS, anyFlow } from './testing/flows.ts'

const codes = (document: unknown) =>
  validateFlow(document, TEST_MANIFESTS, TEST_CATALOG).map((finding) => finding.code)

const chain = (): Flow => ({
  schemaVersion: 1,
  name: 'chain',
  description: '',
  nodes: ['source', 'agents', 'collect'].map((type, index) => ({
    id: `n${index}`,
    type,
    version: 1,
    position: { x: index * 300, y: 0 },
    config: (type === 'agents' ? { agents: [{ agent: 'a' }] } : {}) as Flow['nodes'][number]['config'],
  })),
  edges: [0, 1].map((index) => ({
    id: `e${index}`,
    source: { node: `n${index}`, port: 'out' },
    target: { node: `n${index + 1}`, port: 'in' },
  })),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
})

/** Every place in a JSON document, as the keys that lead there. */
function places(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at]
  const below = Object.entries(value).flatMap(([key, child]) => places(child, [...at, key]))
  return at.length === 0 ? below : [at, ...below]
}

function mutated(document: unknown, [key, ...rest]: (string | number)[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = (Array.isArray(document) ? [...document] : { ...(document as object) }) as Record<
    string,
    unknown
  >
  if (rest.length === 0 && replacement === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1)
    else delete copy[key]
  } else copy[key] = mutated(copy[key], rest, replacement)
  return copy
}

describe('the validator', () => {
  test('any valid flow comes back from JSON as it was', () => {
    fc.assert(
      fc.property(anyFlow, (flow) => {
        expect(
          validateFlow(flow, TEST_MANIFESTS, TEST_CATALOG).filter(({ code }) => code !== 'input.unconnected'),
        ).toEqual([])
        expect(parseFlow(JSON.parse(JSON.stringify(flow))).flow).toEqual(flow)
      }),
      { numRuns: 200 },
    )
  })

  test('any mutation of a flow is either valid and can be planned, or has findings that say where and what to do', () => {
    fc.assert(
      fc.property(
        anyFlow,
        fc.nat(),
        fc.oneof(
          fc.constant(undefined),
          fc.json().map((text) => JSON.parse(text)),
        ),
        (flow, choice, replacement) => {
          const all = places(flow)
          const broken = mutated(flow, all[choice % all.length] ?? [], replacement)
          const findings = validateFlow(broken, TEST_MANIFESTS, TEST_CATALOG)
          for (const finding of findings) {
            expect(finding.code).toMatch(/^[a-z_]+\.[a-z_]+$/)
            expect(finding.message.length).toBeGreaterThan(0)
            expect(finding.fix.length).toBeGreaterThan(0)
          }
          if (findings.length > 0) return
          const { flow: parsed } = parseFlow(broken)
          if (!parsed) throw new Error('a document without findings did not parse')
          expect(topologicalOrder(parsed).rest).toEqual([])
          expect(plan(compile(parsed, TEST_MANIFESTS), TEST_CATALOG)).toHaveProperty('steps')
        },
      ),
      { numRuns: 500 },
    )
  })

  test('each kind of fault has its own code', () => {
    const faults: [string, (flow: Flow) => unknown][] = [
      ['flow.schema', (flow) => ({ ...flow, name: '' })],
      ['flow.schema', (flow) => ({ ...flow, surprise: true })],
      ['flow.empty', (flow) => ({ ...flow, nodes: [], edges: [] })],
      ['flow.duplicate_id', (flow) => ({ ...flow, nodes: [...flow.nodes, ...flow.nodes.slice(0, 1)] })],
      [
        'node.unknown_type',
        (flow) => ({ ...flow, nodes: flow.nodes.map((node) => ({ ...node, type: 'nothing' })) }),
      ],
      ['edge.unknown_node', (flow) => ({ ...flow, nodes: flow.nodes.slice(1) })],
      ['edge.unknown_port', (flow) => mutated(flow, ['edges', 0, 'source', 'port'], 'nowhere')],
      ['edge.duplicate', (flow) => ({ ...flow, edges: [...flow.edges, { ...flow.edges[0], id: 'again' }] })],
      [
        'flow.cycle',
        (flow) => ({
          ...flow,
          edges: [
            ...flow.edges,
            { id: 'back', source: { node: 'n2', port: 'out' }, target: { node: 'n1', port: 'in' } },
          ],
        }),
      ],
      ['writer.unknown', (flow) => mutated(flow, ['nodes', 1, 'config', 'agents', 0, 'agent'], 'nobody')],
      ['model.unknown', (flow) => mutated(flow, ['nodes', 1, 'config', 'agents', 0, 'model'], 'nothing')],
      ['node.config_invalid', (flow) => mutated(flow, ['nodes', 1, 'config', 'agents'], [])],
      ['input.unconnected', (flow) => ({ ...flow, edges: flow.edges.slice(0, 1) })],
      ['group.unknown_node', (flow) => ({ ...flow, groups: [{ id: 'g', title: 'G', nodes: ['n9'] }] })],
    ]
    expect(codes(chain())).toEqual([])
    for (const [code, breakIt] of faults) expect(codes(breakIt(chain())), code).toContain(code)
  })

  test('an output for failures is there where the node is to have one, and only there', () => {
    const flow = chain()
    const [, second] = flow.nodes
    const [, edge] = flow.edges
    if (!second || !edge) throw new Error('no chain')
    edge.source.port = 'error'
    expect(codes(flow)).toEqual(['edge.unknown_port'])
    second.settings = { onError: 'port' }
    expect(codes(flow)).toEqual([])
    edge.source.port = 'out'
    expect(codes(flow)).toEqual(['settings.port_unused'])
  })

  test('a finding about a node names the node and the field', () => {
    const [finding] = validateFlow(
      mutated(chain(), ['nodes', 1, 'config', 'agents', 0, 'agent'], 'nobody'),
      TEST_MANIFESTS,
      TEST_CATALOG,
    )
    expect(finding).toMatchObject({ nodeId: 'n1', path: 'nodes.1.config.agents.0.agent' })
  })

  test('a node that is switched off is not asked for anything, and its edges count as not drawn', () => {
    const flow = chain()
    const off = {
      ...flow,
      nodes: flow.nodes.map((node) => (node.id === 'n1' ? { ...node, disabled: true } : node)),
    }
    expect(codes(off)).toEqual(['input.unconnected'])
  })
})

describe('large flows', () => {
  /** A long chain, and how often the ends of its edges have been looked at. */
  function counted(length: number) {
    let looks = 0
    const flow = { ...chain(), nodes: [] as Flow['nodes'], edges: [] as Flow['edges'] }
    for (let index = 0; index < length; index++) {
      const type = index === 0 ? 'source' : 'each'
      flow.nodes.push({ id: `n${index}`, type, version: 1, position: { x: 0, y: 0 }, config: {} })
      if (index === 0) continue
      const target = { node: `n${index}`, port: 'in' }
      const edge = { id: `e${index}`, source: { node: `n${index - 1}`, port: 'out' }, target }
      Object.defineProperty(edge, 'target', { enumerable: true, get: () => (looks++, target) })
      flow.edges.push(edge)
    }
    return { flow, looks: () => looks }
  }

  test('validating and compiling one takes work in proportion to its size', () => {
    for (const work of [
      (flow: Flow) => expect(findingsIn(flow, TEST_MANIFESTS, TEST_CATALOG)).toEqual([]),
      (flow: Flow) => expect(compile(flow, TEST_MANIFESTS).order).toHaveLength(flow.nodes.length),
    ]) {
      const [small, large] = [counted(50), counted(500)]
      work(small.flow)
      work(large.flow)
      expect(large.looks()).toBeLessThan(12 * small.looks())
    }
  })

  test('a configuration that was found sound is judged anew once another manifest is to judge it', () => {
    const { flow } = counted(3)
    expect(findingsIn(flow, TEST_MANIFESTS, TEST_CATALOG)).toEqual([])
    const each = TEST_MANIFESTS['each@1']
    if (!each) throw new Error('there is no such manifest')
    const stricter = {
      ...each,
      config: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    }
    const found = findingsIn(flow, { ...TEST_MANIFESTS, 'each@1': stricter }, TEST_CATALOG)
    expect(found.map(({ nodeId, code }) => `${nodeId} ${code}`)).toEqual([
      'n1 node.config_invalid',
      'n2 node.config_invalid',
    ])
  })
})

describe("a run's input", () => {
  const briefed = { ...chain(), nodes: [{ ...chain().nodes[0], type: 'brief' }] } as Flow
  const brief = { topic: 'T', audience: 'A', goal: 'G', keyPoints: ['K'], tone: 'casual' }
  const faults = (input: unknown) =>
    checkInput(briefed, input).findings.map((finding) => `${finding.path}: ${finding.message}`)

  test('a whole brief is accepted', () => {
    expect(checkInput(briefed, { brief })).toEqual({ input: { brief }, findings: [] })
  })

  test('every fault is named by its path', () => {
    expect(faults({ brief: { ...brief, audience: undefined, tone: undefined } })).toEqual([
      'brief.audience: required',
      'brief.tone: required',
    ])
    expect(faults({ brief: { ...brief, keyPoints: ['K', ''], mood: 'x' } })).toEqual([
      expect.stringContaining('brief.keyPoints.1: '),
      'brief.mood: not known here',
    ])
    expect(faults({})).toEqual(['brief: required'])
  })
})

describe('a node that needs an approval', () => {
  const asks = { ...TEST_MANIFESTS['each@1'], type: 'asks', waits: ['approval'] } as NodeManifest
  const manifests = { ...TEST_MANIFESTS, 'asks@1': asks }
  const found = (types: string[], change: (flow: Flow) => void = () => {}) => {
    const flow = flowOf(types)
    const last = flow.nodes.at(-1)
    if (last) last.settings = { needsApproval: true }
    change(flow)
    return validateFlow(flow, manifests, TEST_CATALOG).map(({ code, nodeId, path }) => [code, nodeId, path])
  }

  test('is at fault where no node before it asks for one', () => {
    const fault = [['approval.no_node', 'n2', 'nodes.2.settings.needsApproval']]
    expect(found(['source', 'each', 'each'])).toEqual(fault)
    expect(found(['source', 'asks', 'each'])).toEqual([])
    const beside = found(['source', 'asks', 'each'], ({ edges }) => {
      for (const edge of edges) edge.source.node = 'n0'
    })
    expect(beside).toEqual(fault)
  })

  test('may be one by its type, and a flow may say otherwise', () => {
    const publish = { ...TEST_MANIFESTS['once@1'], type: 'publish', needsApproval: true } as NodeManifest
    const codesOf = (settings?: object) => {
      const flow = flowOf(['source', 'publish'])
      const last = flow.nodes.at(-1)
      if (last && settings) last.settings = settings
      return validateFlow(flow, { ...manifests, 'publish@1': publish }, TEST_CATALOG).map(({ code }) => code)
    }
    expect(codesOf()).toEqual(['approval.no_node'])
    expect(codesOf({ needsApproval: false })).toEqual([])
  })
})
