import { describe, expect, test } from 'vitest'
import type { Flow } from './flow.ts'
import { type TrialScope, portOfKey, trialFlow, trialPart } from './trial.ts'

/** brief → write → edit → rank, with edit's drafts and rank's ranking going to deliver; log stands alone. */
const LINES = [
  'brief.b write',
  'write.d edit',
  'edit.d rank',
  'edit.d deliver',
  'rank.r deliver',
  'edit.log note',
]
const NODES = ['brief', 'write', 'edit', 'rank', 'deliver', 'note', 'alone']
const flow: Flow = {
  schemaVersion: 1,
  name: 'Swarm',
  description: '',
  nodes: NODES.map((id) => ({ id, type: id, version: 1, position: { x: 0, y: 0 }, config: {} })),
  edges: LINES.map((line, index) => {
    const [from = '', to = ''] = line.split(' ')
    return { id: `e${index}`, source: portOfKey(from), target: { node: to, port: 'in' } }
  }),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 1 },
}

const keys = (ports: { node: string; port: string }[]) => ports.map(({ node, port }) => `${node}.${port}`)
function part(scope: TrialScope, ...given: string[]) {
  const { runs, given: used, missing, unused } = trialPart(flow, scope, given.map(portOfKey))
  return {
    runs: NODES.filter((id) => runs.has(id)),
    given: keys(used),
    missing: keys(missing),
    unused: keys(unused),
  }
}

describe('a trial of the whole flow', () => {
  test('runs everything where nothing is given', () => {
    expect(part('flow')).toEqual({ runs: NODES, given: [], missing: [], unused: [] })
  })

  test('leaves out a node that is given, and those that only fed it', () => {
    const { runs, given } = part('flow', 'write.d')
    expect(runs).toEqual(['edit', 'rank', 'deliver', 'note', 'alone'])
    expect(given).toEqual(['write.d'])
  })

  test('runs a node of which not every output that leads anywhere is given, and says so', () => {
    const { runs, given, unused } = part('flow', 'edit.d')
    expect(runs).toEqual(NODES)
    expect([given, unused]).toEqual([[], ['edit.d']])
    expect(part('flow', 'edit.d', 'edit.log').runs).toEqual(['rank', 'deliver', 'note', 'alone'])
  })
})

describe('a single node', () => {
  test('runs alone on what is given, whatever is given for itself or elsewhere', () => {
    expect(part({ node: 'rank', and: 'alone' }, 'edit.d', 'rank.r', 'write.d')).toEqual({
      runs: ['rank'],
      given: ['edit.d'],
      missing: [],
      unused: [],
    })
  })

  test('misses every output that arrives at it and is not given', () => {
    expect(part({ node: 'deliver', and: 'alone' }, 'rank.r').missing).toEqual(['edit.d'])
  })

  test('that is not there or switched off runs nothing', () => {
    expect(part({ node: 'gone', and: 'alone' }).runs).toEqual([])
    const off = { ...flow, nodes: flow.nodes.map((node) => ({ ...node, disabled: true })) }
    expect(trialPart(off, { node: 'rank', and: 'following' }, []).runs.size).toBe(0)
  })
})

describe('a node and what follows it', () => {
  test('needs what arrives at any of them from outside', () => {
    expect(part({ node: 'rank', and: 'following' })).toMatchObject({
      runs: ['rank', 'deliver'],
      missing: ['edit.d'],
    })
  })

  test('skips what is given further down', () => {
    const { runs, given } = part({ node: 'edit', and: 'following' }, 'write.d', 'rank.r')
    expect(runs).toEqual(['edit', 'deliver', 'note'])
    expect(given).toEqual(['rank.r', 'write.d'].toReversed())
  })
})

test('the flow of a trial holds what runs and what is given, each node at its place, and no other edge', () => {
  const tried = trialFlow(flow, {
    nodes: ['rank'],
    given: [{ node: 'edit', port: 'd', items: 1, fromRun: null }],
  })
  expect(tried.nodes.map(({ id }) => id)).toEqual(NODES)
  expect(tried.nodes.filter(({ disabled }) => !disabled).map(({ id }) => id)).toEqual(['edit', 'rank'])
  expect(tried.edges.map(({ source, target }) => `${source.node}-${target.node}`)).toEqual(['edit-rank'])
})
