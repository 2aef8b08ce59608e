import { type Flow, type NodeManifest, manifestFor } from '#graph'
import { manifestMap, nodeName } from './reach.ts'

/** A port of a node with what is connected to it, as text. */
export interface PortFacts {
  side: 'input' | 'output'
  port: string
  title: string
  type: string
  /** Whether the node can do without a connection here. */
  optional: boolean
  ends: { edgeId: string; nodeId: string; title: string; port: string }[]
}

export const nodeTitle = (flow: Flow, manifests: readonly NodeManifest[], nodeId: string): string => {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  return node ? nodeName(node, manifestMap(manifests)) : nodeId
}

/** Ports of a node, inputs first, each with the other ends of its connections. */
export function portsOf(flow: Flow, manifests: readonly NodeManifest[], nodeId: string): PortFacts[] {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const known = manifestMap(manifests)
  const manifest = node && manifestFor(node, known)
  if (!manifest) return []
  const portTitle = (id: string, side: 'inputs' | 'outputs', port: string) => {
    const other = flow.nodes.find((one) => one.id === id)
    return (other && manifestFor(other, known)?.[side][port]?.title) ?? port
  }
  const inputs = Object.entries(manifest.inputs).map(([port, { title, type, required }]): PortFacts => {
    const edges = flow.edges.filter(({ target }) => target.node === nodeId && target.port === port)
    const ends = edges.map(({ id, source }) => ({
      edgeId: id,
      nodeId: source.node,
      title: nodeTitle(flow, manifests, source.node),
      port: portTitle(source.node, 'outputs', source.port),
    }))
    return { side: 'input', port, title, type, optional: required === false, ends }
  })
  const outputs = Object.entries(manifest.outputs).map(([port, { title, type }]): PortFacts => {
    const edges = flow.edges.filter(({ source }) => source.node === nodeId && source.port === port)
    const ends = edges.map(({ id, target }) => ({
      edgeId: id,
      nodeId: target.node,
      title: nodeTitle(flow, manifests, target.node),
      port: portTitle(target.node, 'inputs', target.port),
    }))
    return { side: 'output', port, title, type, optional: true, ends }
  })
  return [...inputs, ...outputs]
}
