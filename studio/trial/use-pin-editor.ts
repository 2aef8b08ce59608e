import { computed, ref, shallowRef } from 'vue'
import {
  type Failure,
  type GivenItem,
  type PortRef,
  failureOf,
  manifestKey,
  portsOf,
  portKey,
  setPin,
} from '#graph'
import { type Outputs, api } from '../app/api.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { failureFrom } from '../ui/failure.ts'
import { type ItemRow, rowOf, showAs, write } from './item-rows.ts'
import { portTitle } from './port-title.ts'
import { freshItem } from './pin-items.ts'

const MAX_ITEMS = 200

export type EarlierRun = Outputs['runs']['sources'][number]

/** The sample data of one output port, on its way into the draft; where none is pinned it starts from a run's. */
export function usePinEditor(draft: DraftSession, at: PortRef, run?: string) {
  const node = draft.flow.value.nodes.find(({ id }) => id === at.node)
  const installed = node && draft.manifests.value.find((one) => manifestKey(one) === manifestKey(node))
  const port = installed && portsOf(node, installed).outputs[at.port]
  const type = port?.type ?? 'any'
  const title = portTitle(at, draft.flow.value, draft.manifests.value)
  let next = 0
  const rows = ref<ItemRow[]>([])
  const runs = shallowRef<EarlierRun[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const pinned = draft.pins.value.get(portKey(at))
  const faulty = computed(() => rows.value.filter(({ faults }) => faults.length > 0).length)

  const fresh = (item: GivenItem) => rowOf(type, item, next++)

  function add() {
    const there = rows.value.map(({ label, value }) => ({ label, value: value as GivenItem['value'] }))
    rows.value.push(fresh(freshItem(type, there, draft.catalog.value, crypto.randomUUID())))
  }

  async function take(id: string) {
    try {
      const { items } = await api.runs.outputs.query({
        id,
        nodeId: at.node,
        port: at.port,
        limit: MAX_ITEMS,
      })
      rows.value = items.map(({ label, path, value }) => fresh({ label, path, value }))
      failure.value = null
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  async function look() {
    try {
      const flowId = draft.flowId
      runs.value = await api.runs.sources.query({ flowId, ports: [{ node: at.node, port: at.port }] })
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  /** False where something has to be put right first. */
  function pin(items: GivenItem[] | null): boolean {
    try {
      draft.step(() => setPin(draft.doc, portKey(at), items, draft.origin))
      return true
    } catch (error) {
      failure.value = failureOf(error)
      return false
    }
  }

  const itemOf = ({ label, path, value }: ItemRow): GivenItem => {
    return { label, value: value as GivenItem['value'], ...(path ? { path } : {}) }
  }
  const save = () => faulty.value === 0 && pin(rows.value.map(itemOf))

  rows.value = (pinned ?? []).map(fresh)
  if (!pinned && run) void take(run)
  void look()
  return {
    title,
    type,
    rows,
    runs,
    failure,
    faulty,
    isPinned: pinned !== undefined,
    write: (row: ItemRow, typed: string) => write(row, type, typed),
    showAs,
    add,
    remove: (row: ItemRow) => (rows.value = rows.value.filter(({ key }) => key !== row.key)),
    take,
    save,
    unpin: () => pin(null),
  }
}
