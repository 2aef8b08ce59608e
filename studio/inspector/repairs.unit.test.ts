import { expect, test } from 'vitest'
import { type Flow, type FlowNode, manifestKey, validateFlow } from '#graph'
import { fieldsOf } from './fields.ts'
import { type Repair, fieldPath, findingsOf, flowRepairOf, repairOf } from './repairs.ts'
import { sentence } from './sentences.ts'
import { CATALOG, MANIFESTS, edge, flowWith, node } from './testing/swarm.ts'

const byKey = Object.fromEntries(MANIFESTS.map((manifest) => [manifestKey(manifest), manifest]))
const faultsOf = (flow: Flow, id: string) => findingsOf(validateFlow(flow, byKey, CATALOG), id)

function repairsOf(flow: Flow, id: string): (Repair | null)[] {
  const own = flow.nodes.find((one) => one.id === id)
  const manifest = own && byKey[manifestKey(own)]
  if (!own || !manifest) return []
  return faultsOf(flow, id).map((one) =>
    repairOf(one, { flow, node: own, manifest, manifests: MANIFESTS, catalog: CATALOG }),
  )
}

/** The node after the repairs that its findings offer, the first one first. */
function mended(flow: Flow, id: string): Flow {
  let result = flow
  for (let round = 0; round < 5; round++) {
    const repair = repairsOf(result, id).find((one) => one !== null)
    if (!repair) return result
    if (repair.kind === 'disconnect') {
      result = { ...result, edges: result.edges.filter((one) => one.id !== repair.edge) }
      continue
    }
    if (repair.kind !== 'set' && repair.kind !== 'unset') return result
    const { field } = repair
    const value = repair.kind === 'set' ? { [field]: repair.value } : {}
    const without = (one: FlowNode) =>
      Object.fromEntries(Object.entries(one.config).filter(([key]) => key !== field))
    const nodes = result.nodes.map((one) =>
      one.id === id ? { ...one, config: { ...without(one), ...value } as FlowNode['config'] } : one,
    )
    result = { ...result, nodes }
  }
  return result
}

const editorWith = (config: FlowNode['config']) => flowWith([node('e', 'editor', { config })], [])
const connected = (flow: Flow, id: string) =>
  faultsOf(flow, id).filter(({ finding }) => finding.code !== 'input.unconnected')

test('a finding is shown at the field that it is about, and says where inside', () => {
  const flow = editorWith({ agents: [{ agent: 'clarity' }, { agent: 'ghost' }], maxEditCycles: 9 })
  expect(faultsOf(flow, 'e').map(({ field, inside }) => [field, inside])).toEqual([
    ['maxEditCycles', ''],
    ['agents', '1.agent'],
    [null, ''],
  ])
})

test('a number outside its bounds is brought to the nearest one', () => {
  const flow = editorWith({ agents: [{ agent: 'clarity' }], maxEditCycles: 9 })
  expect(repairsOf(flow, 'e')[0]).toMatchObject({ label: 'Use 5', value: 5 })
})

test('an agent that is gone is taken out, a model that is gone gives way to the default', () => {
  const gone = editorWith({ agents: [{ agent: 'clarity' }, { agent: 'ghost' }] })
  expect(repairsOf(gone, 'e')[0]).toMatchObject({ label: 'Remove “ghost”', value: [{ agent: 'clarity' }] })
  const sold = editorWith({ agents: [{ agent: 'clarity', model: 'sold' }] })
  expect(repairsOf(sold, 'e')[0]).toMatchObject({
    label: 'Use its default model',
    value: [{ agent: 'clarity' }],
  })
})

test.each([
  ['a missing list of agents', {}],
  ['an empty list of agents', { agents: [] }],
  ['a number that is none', { agents: [{ agent: 'clarity' }], maxEditCycles: 'many' }],
  ['a fraction', { agents: [{ agent: 'clarity' }], maxEditCycles: 2.4 }],
  ['several faults at once', { agents: [{ agent: 'ghost' }], maxEditCycles: -3 }],
])('the offered repairs of %s leave the node without a fault', (_what, config) => {
  expect(connected(editorWith(config), 'e').length).toBeGreaterThan(0)
  expect(connected(mended(editorWith(config), 'e'), 'e')).toEqual([])
})

test('a missing or unknown content type is replaced by one that is there', () => {
  const configs: FlowNode['config'][] = [{}, { contentType: 'sonnet' }]
  for (const config of configs) {
    const flow = flowWith([node('b', 'brief', { config })], [])
    expect(faultsOf(mended(flow, 'b'), 'b')).toEqual([])
  }
})

test('a connection of the wrong type or drawn twice can be taken away', () => {
  const flow = flowWith([node('w', 'writer'), node('x', 'writer')], [])
  const wrong = { ...flow, edges: [edge('w.drafts > x.brief')] }
  expect(repairsOf(wrong, 'x')).toContainEqual({
    kind: 'disconnect',
    label: 'Remove this connection',
    edge: wrong.edges[0]?.id,
  })
})

test('where a person has to decide, nothing is offered', () => {
  const flow = flowWith([node('t', 'template-text')], [])
  expect(repairsOf(flow, 't')).toEqual([null, null])
})

test('what a field takes is said in words and not in the validator’s', () => {
  const flow = editorWith({ agents: [], maxEditCycles: 9 })
  const fields = fieldsOf(byKey['editor@1']?.config ?? {})
  const sentences = faultsOf(flow, 'e').map((one) => sentence(one, fields))
  expect(sentences).toEqual([
    'Choose at least one.',
    'Takes a whole number from 1 to 5.',
    'Nothing is connected to Draft.',
  ])
})

test('an input that nothing feeds is connected where only one output of its type may go in', () => {
  const pair = flowWith([node('b', 'brief'), node('w', 'writer')], [])
  expect(repairsOf(pair, 'w')).toContainEqual({
    kind: 'connect',
    label: 'Connect “Brief”',
    source: { node: 'b', port: 'brief' },
    target: { node: 'w', port: 'brief' },
  })
  const three = flowWith([node('b', 'brief'), node('c', 'brief'), node('w', 'writer')], [])
  expect(repairsOf(three, 'w').filter((one) => one?.kind === 'connect')).toEqual([])
})

test('a node whose type is not installed can be removed', () => {
  const flow = flowWith([node('g', 'gone')], [])
  const [found] = faultsOf(flow, 'g')
  const [own] = flow.nodes
  if (!found || !own) throw new Error('nothing was found')
  const around = { flow, node: own, manifest: null, manifests: MANIFESTS, catalog: CATALOG }
  expect(repairOf(found, around)).toEqual({ kind: 'remove', label: 'Remove this node', node: 'g' })
})

test.each<[string, unknown]>([
  ['no condition at all', undefined],
  ['an empty list of conditions', []],
  ['a condition without a value', [{ field: 'a', operator: 'equals', value: '' }]],
  [
    'one of several without a value',
    [
      { field: 'a', operator: 'equals', value: '' },
      { field: 'b', operator: 'is-empty' },
    ],
  ],
  ['a condition of another shape', [{ field: 3, operator: 'loves' }]],
])('the offered repairs of %s leave the node without a fault', (_what, conditions) => {
  const config = (conditions === undefined ? {} : { conditions }) as FlowNode['config']
  const flow = flowWith([node('b', 'branch', { config })], [])
  expect(connected(flow, 'b').length).toBeGreaterThan(0)
  expect(connected(mended(flow, 'b'), 'b')).toEqual([])
})

test('what is wrong with a flow as a whole is mended where that takes no decision', () => {
  const off = flowWith([node('b', 'brief', { disabled: true })], [])
  const repairs = (flow: Flow) =>
    validateFlow(flow, byKey, CATALOG).map((finding) => flowRepairOf(finding, flow)?.kind ?? null)
  expect(repairs(off)).toEqual(['switch-on'])
  expect(repairs(flowWith([], []))).toEqual([null])
  const config = { contentType: 'blog-post' }
  const loose = flowWith([node('b', 'brief', { config })], ['b.brief > gone.in'])
  expect(repairs(loose)).toEqual(['disconnect'])
  const group = { id: 'g', title: 'G', nodes: ['b', 'gone'] }
  expect(repairs({ ...loose, edges: [], groups: [group] })).toEqual(['leave-group'])
})

test('a finding leads to its field, its input or its node', () => {
  const flow = editorWith({ agents: [{ agent: 'clarity', model: 'sold' }] })
  expect(faultsOf(flow, 'e').map(({ finding }) => fieldPath(finding))).toEqual([
    'agents.0.model',
    'inputs.draft',
  ])
})
