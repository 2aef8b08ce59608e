import { type Flow, parentsOf } from '#graph'

/** Which node of a level stands for an item of the flow: itself, the sub-flow that it lies in, or none. */
export function holdersOf(flow: Flow, inside: string | null) {
  const parents = parentsOf(flow.subflows)
  const holders = new Map<string, string | null>()
  for (const id of parents.keys()) holders.set(id, holderOfSubflow(parents, id, inside))

  const levelOf = (subflow: string | undefined) =>
    subflow !== undefined && parents.has(subflow) ? subflow : null
  const isHere = ({ subflow }: { subflow?: string | undefined }) => levelOf(subflow) === inside
  for (const { id, subflow } of [...flow.nodes, ...flow.notes]) {
    const level = levelOf(subflow)
    holders.set(id, level === inside ? id : (holders.get(level ?? '') ?? null))
  }
  return { holderOf: (id: string) => holders.get(id) ?? null, isHere }
}

function holderOfSubflow(
  parents: ReadonlyMap<string, string | null>,
  id: string,
  inside: string | null,
): string | null {
  let at: string | null = id
  while (at !== null) {
    const parent: string | null = parents.get(at) ?? null
    if (parent === inside && at !== inside) return at
    at = parent
  }
  return null
}
