import { expect, test } from 'vitest'
import type { Flow, NodeManifest } from '#graph'
import { fitting, likelyPorts, manifestsByKey, portsBetween } from './wiring.ts'

type Ports = Record<string, NodeManifest['inputs'][string]['type']>

const ports = (types: Ports) =>
  Object.fromEntries(Object.entries(types).map(([id, type]) => [id, { type, title: id }]))

const manifest = (type: string, inputs: Ports, outputs: Ports): NodeManifest => ({
  type,
  version: 1,
  title: type,
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

const editor = manifest('editor', { draft: 'draft' }, { draft: 'draft' })
const rank = manifest('rank', { evaluations: 'evaluation', drafts: 'draft' }, { ranking: 'ranking' })
const merge = manifest('merge', { a: 'any', b: 'any' }, { out: 'any' })
const brief = manifest('brief', {}, { brief: 'brief' })

test('behind a node the ports of the very same type are connected, and an open one only where there is none', () => {
  expect(likelyPorts(editor, rank)).toEqual([{ output: 'draft', input: 'drafts' }])
  expect(likelyPorts(editor, merge)).toEqual([{ output: 'draft', input: 'a' }])
  expect(likelyPorts(brief, rank)).toEqual([])
})

test('of the nodes that fit a loose end those made for its type come first', () => {
  expect(fitting([merge, rank, editor, brief], 'draft', 'source').map(({ type }) => type)).toEqual([
    'rank',
    'editor',
    'merge',
  ])
  expect(fitting([merge, rank, editor, brief], 'brief', 'target').map(({ type }) => type)).toEqual([
    'brief',
    'merge',
  ])
})

test('a node stands in a connection only if it takes what comes and gives what is wanted', () => {
  const node = (id: string, type: string) => ({ id, type, version: 1, position: { x: 0, y: 0 }, config: {} })
  const edge = { id: 'e', source: { node: 'e1', port: 'draft' }, target: { node: 'r', port: 'drafts' } }
  const flow: Flow = {
    schemaVersion: 1,
    name: 'Middle',
    description: '',
    nodes: [node('e1', 'editor'), node('r', 'rank')],
    edges: [edge],
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  }
  const known = manifestsByKey([editor, rank, merge, brief])
  expect(portsBetween(flow, known, edge, editor)).toEqual({ input: 'draft', output: 'draft' })
  expect(portsBetween(flow, known, edge, brief)).toBeNull()
  expect(portsBetween(flow, known, edge, rank)).toBeNull()
})
