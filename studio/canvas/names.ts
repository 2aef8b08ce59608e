import { type Finding, type Flow, type FlowNode, type NodeManifest, manifestKey } from '#graph'
import { counted } from '../ui/format.ts'

export const titleOf = (node: FlowNode, manifest: NodeManifest | undefined): string =>
  node.title || manifest?.title || node.type

/** Names by node id. */
export function titlesOf(flow: Flow, manifests: Record<string, NodeManifest>): Map<string, string> {
  return new Map(flow.nodes.map((node) => [node.id, titleOf(node, manifests[manifestKey(node)])]))
}

/** "Writers, connected to Editors and Merge, 2 problems": what a screen reader says of a node. */
export function spokenName(
  title: string,
  followers: readonly string[],
  problems: number,
  disabled: boolean,
): string {
  const parts = [title]
  if (disabled) parts.push('switched off')
  parts.push(followers.length === 0 ? 'connected to nothing' : `connected to ${listed(followers)}`)
  if (problems > 0) parts.push(counted(problems, 'problem'))
  return parts.join(', ')
}

const words = new Intl.ListFormat('en-GB', { type: 'conjunction' })
const listed = (names: readonly string[]) => words.format([...new Set(names)])

export function problemsByNode(findings: readonly Finding[]): Map<string, Finding[]> {
  const byNode = new Map<string, Finding[]>()
  for (const finding of findings) {
    if (finding.nodeId === null) continue
    const list = byNode.get(finding.nodeId)
    if (list) list.push(finding)
    else byNode.set(finding.nodeId, [finding])
  }
  return byNode
}
