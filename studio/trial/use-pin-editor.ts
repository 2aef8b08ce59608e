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
import { jsonIn, jsonText } from '../inspector/json.ts'
import { failureFrom } from '../ui/failure.ts'
import { portTitle } from './port-title.ts'
import { faultsOf, freshItem, textIn, withText } from './pin-items.ts'

const MAX_ITEMS = 200

/** An item that is being edited. `typed` is what stands in the field, as text or as JSON. */
export interface PinRow {
  key: number
  label: string
  path: string | undefined
  as: 'text' | 'json'
  typed: string
  value: unknown
  faults: string[]
}

export type EarlierRun = Outputs['runs']['sources'][number]

/** The sample data of one output port, on its way into the draft; where none is pinned it starts from a run's. */
export function usePinEditor(draft: DraftSession, at: PortRef, run?: string) {
  const node = draft.flow.value.nodes.find(({ id }) => id === at.node)
  const installed = node && draft.manifests.value.find((one) => manifestKey(one) === manifestKey(node))
  const port = installed && portsOf(node, installed).outputs[at.port]
  const type = port?.type ?? 'any'
  const title = portTitle(at, draft.flow.value, draft.manifests.value)
  let next = 0
  const rows = ref<PinRow[]>([])
  const runs = shallowRef<EarlierRun[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const pinned = draft.pins.value.get(portKey(at))
  const faulty = computed(() => rows.value.filter(({ faults }) => faults.length > 0).length)

  function rowOf({ label, path, value }: GivenItem): PinRow {
    const text = textIn(value)
    const as = text === null ? 'json' : 'text'
    const row: PinRow = { key: next++, label, path, as, typed: text ?? jsonText(value), value, faults: [] }
    return { ...row, faults: faultsIn(value) }
  }

  const faultsIn = (value: unknown): string[] =>
    faultsOf(type, value).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))

  function write(row: PinRow, typed: string) {
    row.typed = typed
    if (row.as === 'text') {
      row.value = withText(row.value, typed)
      row.faults = faultsIn(row.value)
      return
    }
    const read = jsonIn(typed)
    if (read.fault !== null || read.value === undefined) {
      row.faults = [read.fault ?? 'There is nothing here yet.']
      return
    }
    row.value = read.value
    row.faults = faultsIn(row.value)
  }

  /** JSON that can't be read can't be shown as text. */
  function showAs(row: PinRow, as: PinRow['as']) {
    const text = textIn(row.value)
    if (as === 'text' && (text === null || jsonIn(row.typed).fault !== null)) return
    row.as = as
    row.typed = as === 'text' ? (text ?? '') : jsonText(row.value)
  }

  function add() {
    const there = rows.value.map(({ label, value }) => ({ label, value: value as GivenItem['value'] }))
    rows.value.push(rowOf(freshItem(type, there, draft.catalog.value, crypto.randomUUID())))
  }

  async function take(id: string) {
    try {
      const { items } = await api.runs.outputs.query({
        id,
        nodeId: at.node,
        port: at.port,
        limit: MAX_ITEMS,
      })
      rows.value = items.map(({ label, path, value }) => rowOf({ label, path, value }))
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

  const itemOf = ({ label, path, value }: PinRow): GivenItem => {
    return { label, value: value as GivenItem['value'], ...(path ? { path } : {}) }
  }
  const save = () => faulty.value === 0 && pin(rows.value.map(itemOf))

  rows.value = (pinned ?? []).map(rowOf)
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
    write,
    showAs,
    add,
    remove: (row: PinRow) => (rows.value = rows.value.filter(({ key }) => key !== row.key)),
    take,
    save,
    unpin: () => pin(null),
  }
}
