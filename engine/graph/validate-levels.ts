import { type Finding, errorAt as error } from './findings.ts'
import type { Flow } from './flow.ts'
import { parentsOf } from './levels.ts'

export function groupFindings(flow: Flow): Finding[] {
  const ids = new Set(flow.nodes.map((node) => node.id))
  return flow.groups.flatMap((group, index) =>
    group.nodes.flatMap((id, place) =>
      ids.has(id)
        ? []
        : [
            error(
              null,
              `groups.${index}.nodes.${place}`,
              'group.unknown_node',
              `there is no node "${id}"`,
              'Remove it from the group.',
            ),
          ],
    ),
  )
}

export function subflowFindings(flow: Flow): Finding[] {
  const parents = parentsOf(flow.subflows)
  const unknown = (nodeId: string | null, path: string, id: string) =>
    error(nodeId, path, 'subflow.unknown', `there is no sub-flow "${id}"`, `Remove ${path}.`)
  const lost = (kind: 'nodes' | 'notes') =>
    flow[kind].flatMap(({ id, subflow }, index) =>
      subflow === undefined || parents.has(subflow)
        ? []
        : [unknown(kind === 'nodes' ? id : null, `${kind}.${index}.subflow`, subflow)],
    )
  const inside = flow.subflows.flatMap(({ id, parent }, index) => {
    const path = `subflows.${index}.parent`
    if (parent === undefined || parents.get(id) === parent) return []
    if (!parents.has(parent)) return [unknown(null, path, parent)]
    return [error(null, path, 'subflow.cycle', 'this sub-flow lies in itself', `Remove ${path}.`)]
  })
  return [...lost('nodes'), ...lost('notes'), ...inside]
}
