import type { Flow, FlowEdge, FlowNode } from '#graph'

const BLOCKS = 125
const BLOCKS_PER_ROW = 5
const COLUMN_PX = 340
const ROW_PX = 220

/** A marketing swarm and what uses its result, with a configuration that the validator accepts. */
const BLOCK: readonly { type: string; config: FlowNode['config'] }[] = [
  { type: 'brief', config: { contentType: 'blog-post' } },
  { type: 'writer', config: { agents: [{ agent: 'creative' }, { agent: 'technical' }] } },
  { type: 'editor', config: { agents: [{ agent: 'clarity' }, { agent: 'seo' }], maxEditCycles: 2 } },
  { type: 'evaluator', config: { agents: [{ agent: 'quality' }] } },
  { type: 'rank', config: { agents: [{ agent: 'quality' }], topNForFinalRanking: 3 } },
  { type: 'deliverable', config: { topNForDeliverable: 3 } },
  { type: 'template-text', config: { text: 'New: {{ input.title }}' } },
  { type: 'merge', config: {} },
]
/** Output and input, each "block it is of, counted from this one; type; port". */
const WIRES: readonly [string, string, string, string, number?][] = [
  ['brief', 'brief', 'writer', 'brief'],
  ['writer', 'drafts', 'editor', 'draft'],
  ['editor', 'draft', 'evaluator', 'draft'],
  ['editor', 'draft', 'rank', 'drafts'],
  ['evaluator', 'evaluation', 'rank', 'evaluations'],
  ['editor', 'draft', 'deliverable', 'drafts'],
  ['rank', 'ranking', 'deliverable', 'ranking'],
  ['deliverable', 'deliverable', 'template-text', 'input'],
  ['template-text', 'text', 'merge', 'a'],
  ['editor', 'draft', 'template-text', 'input'],
  ['deliverable', 'deliverable', 'merge', 'a'],
  ['merge', 'out', 'merge', 'b', 1],
]

/** 1,000 nodes in rows of 40 and 1,500 edges, most of them short; the validator has nothing to say. */
export function largeFlow(): Flow {
  const nodes: FlowNode[] = []
  const edges: FlowEdge[] = []
  const edge = (source: FlowEdge['source'], target: FlowEdge['target']) =>
    edges.push({ id: `e${edges.length}`, source, target })
  for (let block = 0; block < BLOCKS; block++) {
    const [row, first] = [Math.floor(block / BLOCKS_PER_ROW), (block % BLOCKS_PER_ROW) * BLOCK.length]
    for (const [index, { type, config }] of BLOCK.entries()) {
      const position = { x: (first + index) * COLUMN_PX, y: row * ROW_PX }
      nodes.push({ id: `${type}-${block}`, type, version: 1, position, config })
    }
    for (const [from, output, to, input, ahead = 0] of WIRES) {
      if (block + ahead >= BLOCKS) continue
      edge({ node: `${from}-${block}`, port: output }, { node: `${to}-${block + ahead}`, port: input })
    }
  }
  edge({ node: 'evaluator-0', port: 'evaluation' }, { node: 'merge-0', port: 'b' })
  return {
    schemaVersion: 1,
    name: 'A thousand nodes',
    description: '',
    nodes,
    edges,
    notes: [],
    groups: [],
    subflows: [],
    limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
  }
}
