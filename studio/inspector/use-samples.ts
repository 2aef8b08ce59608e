import { type ComputedRef, type ShallowRef, computed, shallowRef } from 'vue'
import { type BriefInput, type Catalog, type Failure, type Flow, isTerminal } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'
import {
  NO_SAMPLES,
  type SampleItem,
  type SampleValues,
  briefIn,
  contentTypeOf,
  itemKey,
  sourcesOf,
} from './samples.ts'

const MAX_ITEMS = 50

export interface Samples {
  values: ComputedRef<SampleValues>
  failure: Readonly<ShallowRef<Failure | null>>
  /** Looks up what arrives at a node; what was looked up before is not asked for again. */
  ask(nodeId: string): Promise<void>
}

type Source = Pick<SampleValues, 'run' | 'template'> & { brief: BriefInput | null }

interface Subject {
  flowId: string
  flow: Readonly<ShallowRef<Flow>>
  catalog: Readonly<ShallowRef<Catalog | null>>
  pins: Readonly<ShallowRef<SampleValues['pins']>>
}

/** Sample values of a flow, fetched when a text first wants them. */
export function useSamples({ flowId, flow, catalog, pins }: Subject): Samples {
  const found = shallowRef<SampleValues>(NO_SAMPLES)
  const values = computed(() => ({ ...found.value, pins: pins.value }))
  const failure = shallowRef<Failure | null>(null)
  const asked = new Set<string>()
  let source: Promise<Source> | null = null

  async function ask(nodeId: string) {
    const sources = sourcesOf(flow.value, nodeId).filter((one) => !asked.has(itemKey(one.nodeId, one.port)))
    if (source && sources.length === 0) return
    const keys = sources.map((one) => itemKey(one.nodeId, one.port))
    keys.forEach((key) => asked.add(key))
    try {
      const contentType = contentTypeOf(flow.value, catalog.value)
      source ??= sourceOf(flowId, contentType?.slug ?? null)
      const known = await source
      const { run } = known
      const items = run
        ? await Promise.all(sources.map(({ nodeId: maker, port }) => itemsOf(run.id, maker, port)))
        : []
      found.value = {
        ...found.value,
        loaded: true,
        ...known,
        contentType,
        items: new Map([...found.value.items, ...items]),
      }
      failure.value = null
    } catch (error) {
      keys.forEach((key) => asked.delete(key))
      source = null
      failure.value = failureFrom(error)
    }
  }

  return { values, failure, ask }
}

async function itemsOf(run: string, nodeId: string, port: string): Promise<[string, SampleItem[]]> {
  const { items } = await api.runs.outputs.query({ id: run, nodeId, port, limit: MAX_ITEMS })
  return [itemKey(nodeId, port), items.map(({ label, value }) => ({ label, value }))]
}

/** The newest run that has come to an end, well or not, else a template of the same content type. */
async function sourceOf(flowId: string, contentType: string | null): Promise<Source> {
  const { runs } = await api.runs.list.query({ flowId, limit: 10 })
  const last = runs.find(({ status }) => isTerminal(status))
  if (last) {
    const { input } = await api.runs.get.query({ id: last.id })
    return { run: { id: last.id, at: last.createdAt, input }, template: null, brief: briefIn(input) }
  }
  const templates = await api.templates.list.query()
  const template = templates.find((one) => one.contentType === contentType) ?? templates[0]
  return { run: null, template: template?.name ?? null, brief: template?.brief ?? null }
}
