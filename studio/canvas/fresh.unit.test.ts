import { expect, test } from 'vitest'
import type { Catalog, Flow, NodeManifest } from '#graph'
import { freshConfig, freshTitle } from './fresh.ts'

const hint = (value: object) => ({ 'x-pressroom': value })
const writer: NodeManifest = {
  type: 'writer',
  version: 1,
  title: 'Writers',
  summary: '',
  category: 'agents',
  icon: '',
  mode: 'each',
  config: {
    required: ['agents'],
    properties: {
      agents: { type: 'array', items: hint({ kind: 'agent', role: 'writer' }) },
      editor: hint({ kind: 'agent', role: 'editor' }),
    },
  },
  inputs: {},
  outputs: {},
  uses: [],
  calls: [],
  examples: [],
}
const agents = ['editor', 'writer'].map((role) => ({ slug: `the-${role}`, role, name: role }))
const catalog = { contentTypes: [], agents, models: [] } as unknown as Catalog

test('a new node has what its schema demands, from the catalogue, and nothing else', () => {
  expect(freshConfig(writer, catalog)).toEqual({ agents: [{ agent: 'the-writer' }] })
  expect(freshConfig(writer, null)).toEqual({})
})

test('a second node of a type gets a number, the first keeps the name of its type', () => {
  const flow = (titles: (string | undefined)[]) =>
    ({ nodes: titles.map((title) => ({ type: 'writer', title })) }) as unknown as Flow
  expect(freshTitle(flow([]), writer)).toBeUndefined()
  expect(freshTitle(flow([undefined]), writer)).toBe('Writers 2')
  expect(freshTitle(flow([undefined, 'Writers 2']), writer)).toBe('Writers 3')
})
