import { type Flow, type FlowNode, type NodeManifest, manifestFor, portKey } from '#graph'
import { titleOf } from './names.ts'

type Ports = NodeManifest['inputs']
interface Port {
  key: string
  type: Ports[string]['type']
  title: string
  node: string
  crossed: boolean
}

/** A sub-flow as a kind of node: the ports that its inside has to offer (S1), those in use first. */
export function manifestOfSubflow(
  type: string,
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  inner: ReadonlySet<string>,
): NodeManifest {
  const nodes = flow.nodes.filter(({ id }) => inner.has(id))
  return {
    type,
    version: 1,
    title: 'Sub-flow',
    summary: '',
    category: 'flow',
    icon: 'albums',
    mode: 'all',
    config: {},
    inputs: labelled(portsOf(flow, manifests, nodes, inner, 'inputs')),
    outputs: labelled(portsOf(flow, manifests, nodes, inner, 'outputs')),
    uses: [],
    calls: [],
    examples: [],
  }
}

function portsOf(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  nodes: readonly FlowNode[],
  inner: ReadonlySet<string>,
  side: 'inputs' | 'outputs',
): Port[] {
  const [own, other] = side === 'inputs' ? (['target', 'source'] as const) : (['source', 'target'] as const)
  /** By port: whether a connection there crosses the border. */
  const ends = new Map<string, { node: string; port: string; crossed: boolean }>()
  for (const edge of flow.edges) {
    const { node, port } = edge[own]
    if (!inner.has(node)) continue
    const crossed = !inner.has(edge[other].node) || (ends.get(portKey(edge[own]))?.crossed ?? false)
    ends.set(portKey(edge[own]), { node, port, crossed })
  }
  const found = nodes.flatMap((node): Port[] => {
    const manifest = manifestFor(node, manifests)
    const known = Object.entries<Ports[string] | undefined>(manifest?.[side] ?? {})
    // Connections of a node whose plugin is missing are there all the same.
    const odd = [...ends.values()].filter((end) => end.node === node.id && !manifest?.[side][end.port])
    return [...known, ...odd.map(({ port }) => [port, undefined] as const)].flatMap(([port, facts]) => {
      const key = portKey({ node: node.id, port })
      const end = ends.get(key)
      const shown = end ? end.crossed : !node.disabled
      const { type = 'any', title = port } = facts ?? {}
      return shown ? [{ key, type, title, node: titleOf(node, manifest), crossed: end !== undefined }] : []
    })
  })
  return [...found.filter(({ crossed }) => crossed), ...found.filter(({ crossed }) => !crossed)]
}

/** By the port's own title; where two are called the same, by the node's too. */
function labelled(ports: readonly Port[]): Ports {
  const times = new Map<string, number>()
  for (const { title } of ports) times.set(title, (times.get(title) ?? 0) + 1)
  return Object.fromEntries(
    ports.map(({ key, type, title, node }) => [
      key,
      { type, title: (times.get(title) ?? 0) > 1 ? `${node}: ${title}` : title },
    ]),
  )
}
