import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Flow } from '../flow.ts'
import { clipOf, flowOf, flowText, pasteClip, readClip } from './index.ts'
import { chain, draftOf, point, richFlow } from './testing/flows.ts'

describe('a clip', () => {
  test('of anything keeps its inner edges, notes, groups and sub-flows and gives everything a new id', () => {
    fc.assert(
      fc.property(richFlow, point, (flow, at) => {
        const doc = draftOf(flow)
        const ids = [...flow.nodes, ...flow.notes, ...flow.subflows].map((item) => item.id)
        const { nodes, notes, subflows, outermost } = pasteClip(doc, clipOf(flow, ids), at)
        const now = flowOf(doc)
        const pasted = new Set(nodes)
        expect(new Set([...ids, ...nodes, ...notes, ...subflows]).size).toBe(ids.length * 2)
        const place = (id: string) => now.nodes.findIndex((node) => node.id === id) % flow.nodes.length
        const shape = (edges: Flow['edges']) =>
          edges.map(({ source, target }) => [
            place(source.node),
            source.port,
            place(target.node),
            target.port,
          ])
        const inner = now.edges.filter((edge) => pasted.has(edge.source.node))
        expect(shape(inner)).toEqual(shape(flow.edges))
        expect(inner.every((edge) => pasted.has(edge.target.node))).toBe(true)
        expect(now.groups[1]?.nodes).toHaveLength(2)
        expect(now.nodes.slice(flow.nodes.length).map((node) => node.config)).toEqual(
          flow.nodes.map((node) => node.config),
        )
        const levels = new Map([
          ['s', subflows[0]],
          ['t', subflows[1]],
        ])
        const levelsOf = (all: readonly { subflow?: string | undefined }[]) =>
          all.map(({ subflow }) => subflow)
        expect(levelsOf(now.nodes.slice(flow.nodes.length))).toEqual(
          levelsOf(flow.nodes).map((level) => levels.get(level ?? '')),
        )
        expect(now.subflows[3]?.parent).toBe(subflows[0])
        const left = Math.min(
          ...[...now.nodes, ...now.notes, ...now.subflows]
            .filter(({ id }) => outermost.includes(id))
            .map((item) => item.position.x),
        )
        expect(left).toBe(at.x)
      }),
      { numRuns: 200 },
    )
  })

  test('is nothing but a clip: any other text is refused and changes nothing', () => {
    const doc = draftOf(chain('source'))
    for (const text of ['', 'hello', '{}', '[1]', flowText(chain('source')), '{"pressroom":"clip"}']) {
      expect(readClip(text)).toBeNull()
      expect(() => pasteClip(doc, text, { x: 0, y: 0 })).toThrow(/not part of a flow/)
    }
    expect(flowOf(doc)).toEqual(chain('source'))
  })
})
