import { describe, expect, test } from 'vitest'
import type { NodeManifest } from '#sdk'
import { type Flow, type Plan, compile, plan } from './index.ts'
import { TEST_CATALOG, TEST_MANIFESTS } from './testing/flows.ts'

const agents = (...slugs: string[]) => ({ agents: slugs.map((agent) => ({ agent })) })

const draftOut = { out: { type: 'draft' as const, title: 'Draft' } }
const MANIFESTS: Record<string, NodeManifest> = {
  ...TEST_MANIFESTS,
  'writer@1': { ...TEST_MANIFESTS['agents@1'], type: 'writer', outputs: draftOut } as NodeManifest,
  'editor@1': {
    ...TEST_MANIFESTS['agents@1'],
    type: 'editor',
    outputs: draftOut,
    calls: [
      { model: 'entry', max: { config: 'cycles' } },
      { model: 'item', max: { config: 'cycles' } },
    ],
  } as NodeManifest,
  'asks@1': { ...TEST_MANIFESTS['each@1'], type: 'asks', calls: [{ model: 'way', max: 3 }] } as NodeManifest,
}

/** Nodes in a row, each fed by the one before it. */
function planOf(...nodes: [type: string, config?: Record<string, unknown>][]): Plan {
  const flow = {
    schemaVersion: 1,
    name: 'row',
    description: '',
    nodes: nodes.map(([type, config = {}], index) => ({
      id: `n${index}`,
      type,
      version: 1,
      position: { x: 0, y: 0 },
      config,
    })),
    edges: nodes.slice(1).map((_, index) => ({
      id: `e${index}`,
      source: { node: `n${index}`, port: nodes[index]?.[0] === 'either' ? 'yes' : 'out' },
      target: { node: `n${index + 1}`, port: 'in' },
    })),
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  } as Flow
  const planned = plan(compile(flow, MANIFESTS), TEST_CATALOG)
  if ('tooLarge' in planned) throw new Error('too large')
  return planned
}

describe('the plan', () => {
  test('two writers and three editors are exactly six drafts in nine steps, each with its own label', () => {
    const planned = planOf(
      ['source'],
      ['writer', agents('a', 'b')],
      ['editor', { ...agents('a', 'b', 'c'), cycles: 3 }],
    )
    expect(planned.drafts).toBe(6)
    expect(planned.exact).toBe(true)
    expect(planned.steps.map((step) => step.label)).toEqual([
      'source',
      'A',
      'B',
      'A on A',
      'B on A',
      'C on A',
      'A on B',
      'B on B',
      'C on B',
    ])
    expect(new Set(planned.steps.map((step) => step.path)).size).toBe(planned.steps.length)
  })

  test("an editor's calls count its own model and the writer's, as often as its cycles allow", () => {
    const planned = planOf(['source'], ['writer', agents('c')], ['editor', { ...agents('a'), cycles: 4 }])
    expect(planned.steps.at(-1)?.models.map((model) => model.id)).toEqual(['local', 'cloud'])
    expect(planned.steps.map((step) => step.maxCalls)).toEqual([0, 1, 8])
    expect(planned.maxCalls).toBe(9)
    expect(planned.destinations.map(({ model, local, maxCalls }) => [model, local, maxCalls])).toEqual([
      ['cloud', false, 5],
      ['local', true, 4],
    ])
  })

  test('what can be sent back to earlier steps may call all that they may, as often as it can be sent back', () => {
    const planned = planOf(
      ['source'],
      ['writer', agents('a')],
      ['editor', { ...agents('c'), cycles: 2 }],
      ['asks'],
    )
    expect(planned.steps.map((step) => step.maxCalls)).toEqual([0, 1, 4, 3 * (1 + 4)])
    expect(planned.steps.at(-1)?.models.map((model) => model.id)).toEqual(['local', 'cloud'])
  })

  test('what follows a branch is conditional, and the plan says that it is not exact', () => {
    const planned = planOf(['source'], ['either'], ['agents', agents('a')])
    expect(planned.steps.map((step) => step.conditional)).toEqual([false, false, true])
    expect(planned.exact).toBe(false)
  })

  test('a flow with more steps than one run may have is refused before it is laid out', () => {
    const wide = ['agents', { agents: Array.from({ length: 20 }, () => ({ agent: 'a' })) }] as [
      string,
      object,
    ]
    const flow = () =>
      planOf(['source'], ...Array.from({ length: 5 }, () => wide as [string, Record<string, unknown>]))
    expect(flow).toThrow('too large')
  })
})
