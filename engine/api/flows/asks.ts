import { type Flow, type NodeManifest, agentChoiceOf, agentChoices, fieldHints, manifestKey } from '#graph'

export interface Asks {
  /** `type@version`. */
  nodeTypes: string[]
  /** What its nodes may use of the world; unknown for node types that are not installed. */
  capabilities: string[]
  agents: string[]
  models: string[]
}

/** What a flow needs of the organisation that it comes to. */
export function asksOf(flow: Flow | null, manifests: NodeManifest[]): Asks {
  const installed = new Map(manifests.map((manifest) => [manifestKey(manifest), manifest]))
  const [nodeTypes, capabilities] = [new Set<string>(), new Set<string>()]
  const [agents, models] = [new Set<string>(), new Set<string>()]
  for (const node of flow?.nodes ?? []) {
    nodeTypes.add(manifestKey(node))
    const manifest = installed.get(manifestKey(node))
    if (!manifest) continue
    for (const capability of manifest.uses) capabilities.add(capability)
    for (const [field, hint] of fieldHints(manifest)) {
      const value = node.config[field]
      if (hint.kind === 'model' && typeof value === 'string') models.add(value)
      if (hint.kind !== 'agent') continue
      const single = agentChoiceOf(value)
      for (const { agent, model } of single ? [single] : agentChoices(node, field)) {
        agents.add(agent)
        if (model) models.add(model)
      }
    }
  }
  const sorted = (set: Set<string>) => [...set].sort()
  return {
    nodeTypes: sorted(nodeTypes),
    capabilities: sorted(capabilities),
    agents: sorted(agents),
    models: sorted(models),
  }
}
