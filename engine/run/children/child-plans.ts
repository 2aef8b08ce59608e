import {
  type Callables,
  type Catalog,
  type ChildPlans,
  type Flow,
  MAX_CHILD_DEPTH,
  type NodeManifest,
  type Plan,
  compile,
  manifestKey,
  plan,
} from '#graph'
import type { FlowsToRun } from '../interfaces.ts'

/** The flows that nodes of this one run, by id. */
export function calledBy(flow: Flow, manifests: Record<string, NodeManifest>): string[] {
  const ids = flow.nodes.flatMap((node) => {
    const runs = manifests[manifestKey(node)]?.runs
    const id = runs && !node.disabled && node.config[runs.flow]
    return typeof id === 'string' && id !== '' ? [id] : []
  })
  return [...new Set(ids)]
}

/** What published flows will do that this one runs, and those that they run; without those that can't be planned. */
export async function childPlans(
  { organisationId, flow, catalog }: { organisationId: string; flow: Flow; catalog: Catalog },
  manifests: Record<string, NodeManifest>,
  flowsToRun: Pick<FlowsToRun, 'find'>,
  depth = 0,
): Promise<ChildPlans> {
  const plans = new Map<string, { name: string; plan: Plan }>()
  if (depth >= MAX_CHILD_DEPTH) return plans
  for (const id of calledBy(flow, manifests)) {
    const found = await flowsToRun.find(organisationId, id)
    if (!found || found.versionId === null) continue
    const of = { organisationId, flow: found.flow, catalog }
    const below = await childPlans(of, manifests, flowsToRun, depth + 1)
    const planned = plan(compile(found.flow, manifests), catalog, undefined, below)
    if ('steps' in planned) plans.set(id, { name: found.flow.name, plan: planned })
  }
  return plans
}

/** Asks which flows one may run, by the nodes that are installed. */
export function createCallables({
  manifests,
  flowsToRun,
}: {
  manifests: NodeManifest[]
  flowsToRun: Pick<FlowsToRun, 'callables'>
}): (organisationId: string, flowId: string) => Promise<Callables> {
  const calling = manifests.flatMap(({ type, runs }) => (runs ? [{ type, field: runs.flow }] : []))
  return (organisationId, flowId) => flowsToRun.callables(organisationId, flowId, calling)
}
