import {
  type BriefInput,
  type Flow,
  type FlowNode,
  type NodeManifest,
  type PortType,
  activeFlow,
  manifestFor,
  manifestKey,
  shortened,
  valueAt,
} from '#graph'
import type { Supply } from './samples.ts'
import { type ShapeField, shapeOf } from './shape.ts'

/** Items that come in at a port: which node made them and of what type they are. */
export interface Arrival {
  port: string
  nodeId: string
  /** The port that they leave their maker by. */
  output: string
  from: string
  type: PortType
}

/** A field that a template of the node may name. `sample` is its value in the last run or the sample brief. */
export interface Reference {
  path: string
  type: ShapeField['type']
  from: string
  sample: string | null
}

const SAMPLE_CHARACTERS = 80

export const manifestMap = (manifests: readonly NodeManifest[]): Map<string, NodeManifest> =>
  new Map(manifests.map((manifest) => [manifestKey(manifest), manifest]))

export const nodeName = (node: FlowNode, known: ReadonlyMap<string, NodeManifest>): string =>
  node.title || manifestFor(node, known)?.title || node.type

/**
 * What arrives at a node, each maker once per port. A node whose output may be anything (a branch, a merge) hands its
 * items on, so what came to it counts; nodes that are switched off hand on nothing.
 */
export function arrivalsOf(flow: Flow, manifests: readonly NodeManifest[], nodeId: string): Arrival[] {
  const active = activeFlow(flow)
  const known = manifestMap(manifests)
  const nodes = new Map(active.nodes.map((node) => [node.id, node]))
  const found = new Map<string, Arrival>()

  const visit = (id: string, enteredBy: string | null, seen: ReadonlySet<string>) => {
    for (const { source, target } of active.edges.filter((edge) => edge.target.node === id)) {
      const node = nodes.get(source.node)
      const manifest = node && manifestFor(node, known)
      const type = manifest?.outputs[source.port]?.type
      if (!node || !manifest || !type || seen.has(node.id)) continue
      const port = enteredBy ?? target.port
      const handsOn = type === 'any' && active.edges.some((edge) => edge.target.node === node.id)
      if (handsOn) visit(node.id, port, new Set([...seen, node.id]))
      else {
        const from = nodeName(node, known)
        found.set(`${port} ${node.id} ${source.port}`, {
          port,
          nodeId: node.id,
          output: source.port,
          from,
          type,
        })
      }
    }
  }
  visit(nodeId, null, new Set([nodeId]))
  return [...found.values()]
}

/** Everything that a template of the node may name, what arrives first, then what the run started from. */
export function referencesOf(
  flow: Flow,
  manifests: readonly NodeManifest[],
  nodeId: string,
  supply: Supply,
  chosen: number,
  brief: BriefInput | null,
): Reference[] {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const manifest = node && manifestFor(node, manifestMap(manifests))
  if (!manifest) return []
  const arrivals = arrivalsOf(flow, manifests, nodeId)
  const references = new Map<string, Reference>()
  const one = manifest.mode === 'each' ? supply.items[chosen] : undefined
  /** Of the item that is looked at; what it lacks, another one may have. */
  const sampleOf = (port: string, path: string) => {
    const others = supply.items.filter((item) => item.port === port)
    const values = (one ? [one, ...others] : others).map(({ value }) => sampleText(value, path))
    return values.find((text) => text !== null) ?? null
  }
  const offer = (arrival: Arrival, path: string, prefix: string, type: ShapeField['type']) => {
    const key = path === '' ? prefix : `${prefix}.${path}`
    const known = references.get(key)
    if (known && !known.from.split(', ').includes(arrival.from)) known.from += `, ${arrival.from}`
    if (known) return
    references.set(key, { path: key, type, from: arrival.from, sample: sampleOf(arrival.port, path) })
  }
  for (const arrival of arrivals) {
    if (manifest.mode === 'all') {
      const list = `gathered.${arrival.port}`
      references.set(list, { path: list, type: 'list', from: arrival.from, sample: null })
      for (const { path, type } of shapeOf(arrival.type)) offer(arrival, path, `${list}.first`, type)
    } else {
      for (const { path, type } of shapeOf(arrival.type)) offer(arrival, path, 'input', type)
    }
  }
  return [...references.values(), ...fromRun(flow, brief)]
}

function fromRun(flow: Flow, brief: BriefInput | null): Reference[] {
  if (!activeFlow(flow).nodes.some(({ type }) => type === 'brief')) return []
  const asked = [
    'topic',
    'audience',
    'goal',
    'keyPoints',
    'tone',
    'constraints',
    'examples',
    'additionalContext',
  ]
  return asked.map((key) => ({
    path: `run.input.brief.${key}`,
    type: key === 'keyPoints' ? 'list' : 'text',
    from: 'What the run was asked for',
    sample: sampleText(brief, key),
  }))
}

/** A sample as one short line; null where none is known. */
function sampleText(item: unknown, path: string): string | null {
  const value = valueAt(item, path)
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return shortened(value, SAMPLE_CHARACTERS)
  return shortened(JSON.stringify(value), SAMPLE_CHARACTERS)
}

/** Paths that a condition of the node may name: those of the item, without `input.` in front. */
export const conditionPaths = (references: readonly Reference[]): Reference[] =>
  references.flatMap((reference) =>
    reference.path.startsWith('input.')
      ? [{ ...reference, path: reference.path.slice('input.'.length) }]
      : [],
  )
