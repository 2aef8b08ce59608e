import { computed, ref, shallowRef } from 'vue'
import type { GivenItem, PortType } from '#graph'
import { api } from '../app/api.ts'
import { type ItemRow, rowOf, showAs, write } from '../trial/item-rows.ts'
import { useAct } from '../ui/use-act.ts'

const MAX_ITEMS = 100

/** The items that arrived at a node, to be changed before they arrive there again. */
export function useRerunItems(runId: string, nodeId: string) {
  const rows = ref<ItemRow[]>([])
  const types: PortType[] = []
  const was: unknown[] = []
  const total = shallowRef<number | null>(null)
  const { failure, act } = useAct()
  const typeOf = ({ key }: ItemRow) => types[key] ?? 'any'
  const changed = computed(() =>
    rows.value.filter(({ key, value }) => JSON.stringify(value) !== JSON.stringify(was[key])),
  )

  async function load() {
    const answer = await act(() => api.runs.inputs.query({ runId, nodeId, limit: MAX_ITEMS }))
    if (!answer) return
    // An item that arrives at two ports is one item.
    const items = [...new Map(answer.items.map((item) => [item.path, item])).values()]
    items.forEach(({ type, value }, key) => {
      types[key] = type as PortType
      was[key] = value
    })
    rows.value = items.map(({ type, ...item }, key) => rowOf(type as PortType, item, key))
    total.value = answer.total
  }

  void load()
  return {
    rows,
    total,
    failure,
    changed,
    faulty: computed(() => rows.value.filter(({ faults }) => faults.length > 0).length),
    write: (row: ItemRow, typed: string) => write(row, typeOf(row), typed),
    showAs,
    load,
    /** What goes along: only what was changed, by path. */
    input(): Record<string, GivenItem['value']> | undefined {
      const entries = changed.value.map(
        ({ path, value }) => [path ?? '', value as GivenItem['value']] as const,
      )
      return entries.length === 0 ? undefined : Object.fromEntries(entries)
    },
  }
}
