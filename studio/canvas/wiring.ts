import { type Flow, type FlowEdge, type NodeManifest, manifestFor, manifestKey, portsConnect } from '#graph'

export interface End {
  node: string
  port: string
}
export interface Wire {
  source: End
  target: End
}
type Ports = NodeManifest['inputs'] | NodeManifest['outputs']

export const manifestsByKey = (manifests: readonly NodeManifest[]): Record<string, NodeManifest> =>
  Object.fromEntries(manifests.map((manifest) => [manifestKey(manifest), manifest]))

/** Which ports of two node types a person who puts one behind the other most likely means; exact types first. */
export function likelyPorts(from: NodeManifest, to: NodeManifest): { output: string; input: string }[] {
  const pairs: { output: string; input: string }[] = []
  for (const [input, { type, required }] of Object.entries(to.inputs)) {
    const output = bestOutput(from.outputs, type)
    if (output === null) continue
    const exact = from.outputs[output]?.type === type
    if (exact || (required !== false && pairs.length === 0)) pairs.push({ output, input })
  }
  const exact = pairs.filter(({ output, input }) => from.outputs[output]?.type === to.inputs[input]?.type)
  if (exact.length > 0) return exact
  if (pairs.length > 0) return pairs.slice(0, 1)
  const [input, port] = Object.entries(to.inputs)[0] ?? []
  const output = port && bestOutput(from.outputs, port.type)
  return input && output ? [{ output, input }] : []
}

function bestOutput(outputs: Ports, type: NodeManifest['inputs'][string]['type']): string | null {
  const fitting = Object.entries(outputs).filter(([, output]) => portsConnect(output.type, type))
  return (fitting.find(([, output]) => output.type === type) ?? fitting[0])?.[0] ?? null
}

/** Which node types take what comes out of a port, or put out what goes into one; those made for it come first. */
export function fitting(
  manifests: readonly NodeManifest[],
  type: NodeManifest['inputs'][string]['type'],
  side: 'source' | 'target',
): NodeManifest[] {
  const isExact = (manifest: NodeManifest) => {
    const port = fittingPort(manifest, type, side) ?? ''
    return manifest[side === 'source' ? 'inputs' : 'outputs'][port]?.type === type
  }
  const all = manifests.filter((manifest) => fittingPort(manifest, type, side) !== null)
  return [...all.filter(isExact), ...all.filter((manifest) => !isExact(manifest))]
}

/** The port of a node type that meets a port of this type; an exact one where there is a choice. */
export function fittingPort(
  manifest: NodeManifest,
  type: NodeManifest['inputs'][string]['type'],
  side: 'source' | 'target',
): string | null {
  if (side === 'target') return bestOutput(manifest.outputs, type)
  const inputs = Object.entries(manifest.inputs).filter(([, input]) => portsConnect(type, input.type))
  return (inputs.find(([, input]) => input.type === type) ?? inputs[0])?.[0] ?? null
}

/** The two ports through which a node type can stand in the middle of a connection; null where it can't. */
export function portsBetween(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  edge: FlowEdge,
  manifest: NodeManifest,
): { input: string; output: string } | null {
  const typeOf = ({ node, port }: End, side: 'inputs' | 'outputs') => {
    const found = flow.nodes.find(({ id }) => id === node)
    return found && manifestFor(found, manifests)?.[side][port]?.type
  }
  const before = typeOf(edge.source, 'outputs')
  const after = typeOf(edge.target, 'inputs')
  if (!before || !after) return null
  const input = fittingPort(manifest, before, 'source')
  const output = fittingPort(manifest, after, 'target')
  return input !== null && output !== null ? { input, output } : null
}
