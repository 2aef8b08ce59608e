import { describe, expect, it } from 'vitest'
import type { Flow } from '#graph'
import { NODE_WIDTH_PX, nodeHeight } from '../canvas/sizes.ts'
import { asksSummary } from './asks-summary.ts'
import { pixelsPerUnit } from './picture-file.ts'
import { pictureOf } from './picture.ts'
import { MAX_DOCUMENT_BYTES, readDocument } from './read-document.ts'

const HOSTILE = '<script>alert(1)</script>&"\''

const flowOf = (more: Partial<Flow> = {}): Flow => ({
  schemaVersion: 1,
  name: 'Tea',
  description: '',
  nodes: [
    { id: 'a', type: 'writer', version: 1, position: { x: -500, y: 40 }, config: {} },
    { id: 'b', type: 'editor', version: 1, title: 'Edit', position: { x: 900, y: 700 }, config: {} },
  ],
  edges: [{ id: 'e', source: { node: 'a', port: 'out' }, target: { node: 'b', port: 'in' } }],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  ...more,
})

describe('what an import asks for', () => {
  it('is said in words, and nothing is listed that is not asked for', () => {
    const asks = {
      nodeTypes: ['writer'],
      capabilities: ['model', 'connection:n8n', 'teleport'],
      agents: [],
      models: [],
    }
    expect(asksSummary(asks)).toEqual([
      { name: 'It wants to', items: ['call models', 'use the connection n8n', 'teleport'] },
      { name: 'It is made of these nodes', items: ['writer'] },
    ])
  })
})

describe('a document from outside', () => {
  it('is read whatever it holds, also behind a byte order mark', () => {
    expect(readDocument('\uFEFF{"a":1}')).toEqual({ document: { a: 1 }, failure: null })
  })

  it('is refused with a reason when it is not JSON', () => {
    expect(readDocument('name: tea').failure).toMatchObject({
      code: 'transfer.not_json',
      fix: expect.any(String),
    })
  })

  it('is refused unread when it is too large', () => {
    const text = `"${'x'.repeat(MAX_DOCUMENT_BYTES)}"`
    expect(readDocument(text).failure?.code).toBe('transfer.too_large')
  })

  it('is refused when it is nested so deep that it could not be sent', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(readDocument(nested(20)).failure).toBeNull()
    expect(readDocument(nested(100_000)).failure?.code).toBe('transfer.too_deep')
  })
})

describe('a picture', () => {
  it('holds every node, wherever it stands', () => {
    const { svg, width, height } = pictureOf(flowOf(), [])
    expect(svg).toContain(`viewBox="-548 -8 ${width} ${height}"`)
    expect([width, height]).toEqual([1400 + NODE_WIDTH_PX + 96, 660 + nodeHeight(undefined) + 96])
    expect(svg).toContain('>writer<')
    expect(svg).toContain('>Edit<')
  })

  it('shows names, notes and groups that hold markup as text', () => {
    const note = { id: 'n', text: HOSTILE, position: { x: 0, y: 0 } }
    const group = { id: 'g', title: HOSTILE, nodes: ['a'] }
    const [first, ...rest] = flowOf().nodes
    const nodes = [{ ...first!, title: HOSTILE }, ...rest]
    const { svg } = pictureOf(flowOf({ name: HOSTILE, nodes, notes: [note], groups: [group] }), [])
    expect(svg).not.toContain('<script')
    expect(svg.match(/&lt;script/g)).toHaveLength(4)
  })

  it('leaves out characters that would make the file unreadable', () => {
    const note = { id: 'n', text: 'a\u0000\u0008b', position: { x: 0, y: 0 } }
    expect(pictureOf(flowOf({ notes: [note] }), []).svg).toContain('>ab<')
  })

  it('of an empty flow is an empty sheet', () => {
    expect(pictureOf(flowOf({ nodes: [], edges: [] }), [])).toMatchObject({ width: 96, height: 96 })
  })

  it('is sharp when it is small and never larger than browsers can draw', () => {
    expect(pixelsPerUnit(1_000, 500)).toBe(2)
    const scale = pixelsPerUnit(60_000, 9_000)
    expect(scale * 60_000).toBeLessThanOrEqual(8_000)
    expect(scale ** 2 * 60_000 * 9_000).toBeLessThanOrEqual(40_000_000)
  })
})
