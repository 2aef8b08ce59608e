import type { FlowEdge } from '#graph'
import type { End } from './wiring.ts'

/** Stands for a node outside the open sub-flow. */
export interface Border {
  id: string
  node: string
  side: 'from' | 'to'
}
/** The one port of a border. */
export const BORDER_PORT = 'border'

/** The same object for the same ends, so that nobody takes it for a changed edge. */
const rewired = new WeakMap<FlowEdge, FlowEdge[]>()
export function withEnds(edge: FlowEdge, source: End, target: End): FlowEdge {
  if (source === edge.source && target === edge.target) return edge
  const made = rewired.get(edge) ?? []
  const same = (a: End, b: End) => a.node === b.node && a.port === b.port
  const known = made.find((one) => same(one.source, source) && same(one.target, target))
  if (known) return known
  const next = { id: edge.id, source, target }
  rewired.set(edge, [...made, next])
  return next
}
