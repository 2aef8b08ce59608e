import fc from 'fast-check'
import * as Y from 'yjs'
import { type Flow, flowSchema } from '../../flow.ts'
import { anyFlow } from '../../testing/flows.ts'
import { draftUpdateOf } from '../index.ts'

const anyText = fc.string({ maxLength: 20 })
export const point = fc.record({ x: fc.integer(), y: fc.integer() })

/** Flows with all that a person can add to them: titles, colours, notes, groups, sub-flows, odd configuration. */
export const richFlow: fc.Arbitrary<Flow> = fc
  .record({
    flow: anyFlow,
    config: fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
    ),
    extras: fc.record(
      {
        title: anyText,
        disabled: fc.boolean(),
        colour: fc.constant('amber'),
        annotation: anyText,
        settings: fc.constantFrom(
          { timeoutSeconds: 5 },
          { retry: { attempts: 2 }, onError: 'port' as const },
        ),
      },
      { requiredKeys: [] },
    ),
    limits: fc.record(
      {
        timeoutMinutes: fc.constantFrom(1, 60),
        priority: fc.constantFrom('high' as const, 'low' as const),
        budget: fc.constantFrom({ calls: 3, warnPercent: 80 }, { costMicros: 5, tokens: 9, warnPercent: 50 }),
      },
      { requiredKeys: [] },
    ),
    notes: fc.array(fc.record({ text: anyText, position: point }), { maxLength: 3 }),
    title: anyText,
    position: point,
    levels: fc.array(fc.constantFrom(undefined, 's', 't'), { minLength: 8, maxLength: 8 }),
  })
  .map(({ flow, config, extras, limits, notes, title, position, levels }) =>
    flowSchema.parse({
      ...flow,
      limits: { ...flow.limits, ...limits },
      nodes: flow.nodes.map((node, index) =>
        index === 0
          ? { ...node, ...extras, position, config: { ...node.config, ...config } }
          : { ...node, subflow: levels[index] },
      ),
      notes: notes.map((note, index) => ({
        ...note,
        id: `note${index}`,
        width: 240,
        colour: '#aabbcc',
        subflow: levels[index],
      })),
      groups: [{ id: 'g', title, nodes: flow.nodes.slice(0, 2).map((node) => node.id) }],
      subflows: [
        { id: 's', title, position },
        { id: 't', title, position, parent: 's', colour: 'amber', annotation: title },
      ],
    }),
  )

export const draftOf = (flow: Flow): Y.Doc => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, draftUpdateOf(flow))
  return doc
}

export const chain = (...types: string[]): Flow => ({
  schemaVersion: 1,
  name: 'chain',
  description: '',
  nodes: types.map((type, index) => ({
    id: `n${index}`,
    type,
    version: 1,
    position: { x: index * 300, y: 0 },
    config: {},
  })),
  edges: types.slice(1).map((_, index) => ({
    id: `e${index}`,
    source: { node: `n${index}`, port: 'out' },
    target: { node: `n${index + 1}`, port: 'in' },
  })),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
})

export const out = (node: string) => ({ node, port: 'out' })
export const into = (node: string) => ({ node, port: 'in' })
export const each = { type: 'each', version: 1, position: { x: 0, y: 0 } }
