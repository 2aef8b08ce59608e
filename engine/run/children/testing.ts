import type { Flow } from '#graph'

export interface NodeSketch {
  type: string
  config?: Record<string, unknown>
}

const PORTS: Record<string, { in: string; out: string }> = {
  input: { in: '', out: 'item' },
  brief: { in: '', out: 'brief' },
  'run-flow': { in: 'input', out: 'result' },
  map: { in: 'input', out: 'results' },
  repeat: { in: 'input', out: 'met' },
  split: { in: 'input', out: 'entries' },
  delay: { in: 'input', out: 'out' },
  'template-text': { in: 'input', out: 'text' },
  writer: { in: 'brief', out: 'drafts' },
}

/** Nodes one after the other. */
export function flowOfNodes(name: string, nodes: NodeSketch[], limits: Partial<Flow['limits']> = {}): Flow {
  const ports = (index: number) => PORTS[nodes[index]?.type ?? ''] ?? { in: 'input', out: 'out' }
  return {
    schemaVersion: 1,
    name,
    description: '',
    nodes: nodes.map(({ type, config = {} }, index) => ({
      id: `n${index}`,
      type,
      version: 1,
      position: { x: index * 300, y: 0 },
      config: config as Flow['nodes'][number]['config'],
    })),
    edges: nodes.slice(1).map((_, index) => ({
      id: `e${index}`,
      source: { node: `n${index}`, port: ports(index).out },
      target: { node: `n${index + 1}`, port: ports(index + 1).in },
    })),
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5, ...limits },
  }
}
