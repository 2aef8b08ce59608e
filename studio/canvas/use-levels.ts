import { type ComputedRef, type Ref, type ShallowRef, computed, shallowRef } from 'vue'
import { type Flow, type NodeManifest, parentsOf, pathTo } from '#graph'
import { type Level, levelOf } from './subflow-level.ts'
import { manifestsByKey } from './wiring.ts'

/** Which level of the flow is open. A sub-flow that goes while it is open leaves the one around it open. */
export function useLevels(flow: Readonly<ShallowRef<Flow>>, manifests: Readonly<Ref<NodeManifest[]>>) {
  const wanted = shallowRef<readonly string[]>([])
  const inside = computed(() => {
    const ids = new Set(flow.value.subflows.map(({ id }) => id))
    return wanted.value.findLast((id) => ids.has(id)) ?? null
  })
  const known = computed(() => manifestsByKey(manifests.value))
  const level: ComputedRef<Level> = computed(() => levelOf(flow.value, known.value, inside.value))

  /** Also one that has yet to arrive from the server. */
  function enter(id: string | null) {
    const path = pathTo(flow.value, id).map((subflow) => subflow.id)
    wanted.value = path.length > 0 ? path : id === null ? [] : [id]
  }

  /** The level that an item lies on; the open one for what has no place of its own. */
  function levelWith(id: string | undefined): string | null {
    const { nodes, notes, subflows, edges, groups } = flow.value
    const item = nodes.find((node) => node.id === id) ?? notes.find((note) => note.id === id)
    if (item) return item.subflow ?? null
    if (subflows.some((subflow) => subflow.id === id)) return parentsOf(subflows).get(id ?? '') ?? null
    const edge = edges.find((one) => one.id === id)
    if (edge) {
      const isDrawn = level.value.whole.edges.some((one) => one.id === id)
      return isDrawn ? inside.value : levelWith(edge.source.node)
    }
    const members = groups.find((group) => group.id === id)?.nodes
    if (members && !members.some((node) => levelWith(node) === inside.value)) return levelWith(members[0])
    return inside.value
  }
  return { inside, level, known, enter, levelWith }
}
