import fc from 'fast-check'
import type { NodeManifest } from '#sdk'
import type { Catalog } from '../catalog.ts'
import type { Flow } from '../flow.ts'

const manifest = (type: string, rest: Partial<NodeManifest>): NodeManifest => ({
  type,
  version: 1,
  title: type,
  summary: '',
  category: 'flow',
  icon: 'ellipse',
  mode: 'each',
  config: { type: 'object', properties: {} },
  inputs: { in: { type: 'any', title: 'In' } },
  outputs: { out: { type: 'any', title: 'Out' } },
  uses: [],
  calls: [],
  examples: [],
  ...rest,
})

const perAgent = {
  per: 'agents',
  calls: [{ model: 'entry' as const, max: 1 }],
  config: {
    type: 'object',
    properties: {
      agents: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: { agent: { type: 'string' }, model: { type: 'string' } },
          required: ['agent'],
          'x-pressroom': { kind: 'agent', role: 'writer' },
        },
      },
    },
    required: ['agents'],
  },
}

/** Node types with every combination that the executor has to cope with. */
export const TEST_MANIFESTS: Record<string, NodeManifest> = {
  'source@1': manifest('source', { mode: 'all', inputs: {} }),
  'several@1': manifest('several', { outputs: { out: { type: 'any', title: 'Out', items: 3 } } }),
  'each@1': manifest('each', {}),
  'agents@1': manifest('agents', perAgent),
  'either@1': manifest('either', {
    outputs: {
      yes: { type: 'any', title: 'Yes', conditional: true },
      no: { type: 'any', title: 'No', conditional: true },
    },
  }),
  'once@1': manifest('once', { effect: 'once' }),
  'collect@1': manifest('collect', { mode: 'all' }),
  'vote@1': manifest('vote', { mode: 'all', ...perAgent }),
}

export const TEST_CATALOG: Catalog = {
  contentTypes: [],
  agents: ['a', 'b', 'c'].map((slug) => ({
    slug,
    name: slug.toUpperCase(),
    role: 'writer',
    description: '',
    systemPrompt: '',
    criteria: [],
  })),
  models: [
    { id: 'local', agent: null, provider: 'sample', model: 's', label: 'L', local: true, isDefault: true },
    { id: 'cloud', agent: 'c', provider: 'hosted', model: 'h', label: 'C', local: false, isDefault: true },
  ].map((model) => ({ ...model, temperature: 0, maxOutputTokens: 100 })),
}

const TYPES = Object.keys(TEST_MANIFESTS).map((key) => key.split('@')[0] ?? '')

/** Acyclic flows of up to eight nodes: every edge leads from an earlier node to a later one. */
export const anyFlow: fc.Arbitrary<Flow> = fc
  .record({
    types: fc.array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 7 }),
    links: fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.boolean()), { maxLength: 14 }),
    agents: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    local: fc.integer({ min: 1, max: 3 }),
    cloud: fc.integer({ min: 1, max: 4 }),
    /** Nodes whose failures go on at the port `error`. */
    handled: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
    onUncertain: fc.constantFrom('retry' as const, 'ask' as const, 'fail' as const, undefined),
  })
  .map(({ types, links, agents, local, cloud, handled, onUncertain }): Flow => {
    const all = ['source', ...types]
    const drawn = new Map<string, Flow['edges'][number]>()
    for (const [a, b, first] of links) {
      const [from, to] = [Math.min(a, b) % all.length, Math.max(a, b) % all.length]
      if (from >= to || all[to] === 'source') continue
      const fails = first && handled.includes(from)
      const port = fails ? 'error' : all[from] === 'either' ? (first ? 'yes' : 'no') : 'out'
      const id = `e${from}_${to}_${port}`
      drawn.set(id, { id, source: { node: `n${from}`, port }, target: { node: `n${to}`, port: 'in' } })
    }
    const failing = new Set(
      [...drawn.values()].filter(({ source }) => source.port === 'error').map(({ source }) => source.node),
    )
    const nodes = all.map((type, index) => ({
      id: `n${index}`,
      type,
      version: 1,
      position: { x: 0, y: 0 },
      settings: {
        ...(failing.has(`n${index}`) ? { onError: 'port' as const } : {}),
        ...(onUncertain ? { onUncertain } : {}),
      },
      config: (type === 'agents' || type === 'vote'
        ? { agents: agents.map((agent) => ({ agent })) }
        : {}) as Flow['nodes'][number]['config'],
    }))
    return {
      schemaVersion: 1,
      name: 'any',
      description: '',
      nodes,
      edges: [...drawn.values()],
      notes: [],
      groups: [],
      subflows: [],
      limits: { maxLocalConcurrent: local, maxCloudConcurrent: cloud },
    }
  })
