import type { NodeManifest } from '#sdk'
import { manifestKey } from './compile.ts'
import { type Finding, errorAt } from './findings.ts'
import type { Flow } from './flow.ts'
import { needsApproval } from './node-settings.ts'
import { andFollowing } from './trial.ts'

/** Nodes that need an approval which no node before them asks for: their steps could only fail. */
export function approvalFindings(flow: Flow, manifests: Record<string, NodeManifest>): Finding[] {
  const known = flow.nodes.flatMap((node, index) => {
    const manifest = manifests[manifestKey(node)]
    return manifest && !node.disabled ? [{ node, manifest, index }] : []
  })
  const needing = known.filter(({ node, manifest }) => needsApproval(node, manifest))
  if (needing.length === 0) return []
  const asking = known.filter(({ manifest }) => manifest.waits?.includes('approval'))
  const behind = new Set(
    asking.flatMap(({ node }) => [...andFollowing(flow, node.id)].filter((id) => id !== node.id)),
  )
  return needing.flatMap(({ node, manifest, index }) => {
    if (behind.has(node.id)) return []
    const message = `${node.title ?? manifest.title} needs an approval, and no node before it asks for one`
    const fix = 'Put an Approval node before it, or switch “Needs approval” off.'
    return [errorAt(node.id, `nodes.${index}.settings.needsApproval`, 'approval.no_node', message, fix)]
  })
}
