import { type ShallowRef, shallowRef } from 'vue'
import type { BriefInput, Catalog, Failure, Flow, NodeManifest } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'
import { dateTime } from '../ui/format.ts'
import { arrivalsOf } from './reach.ts'
import { NO_SAMPLES, type SampleValues, briefIn, contentTypeOf, itemKey } from './samples.ts'

export interface Samples {
  values: Readonly<ShallowRef<SampleValues>>
  failure: Readonly<ShallowRef<Failure | null>>
  /** Looks up what arrives at a node; asked again for the same node it does nothing. */
  ask(nodeId: string): Promise<void>
}

interface Source {
  run: string | null
  origin: string | null
  brief: BriefInput | null
}

interface Subject {
  flowId: string
  flow: Readonly<ShallowRef<Flow>>
  manifests: Readonly<ShallowRef<NodeManifest[]>>
  catalog: Readonly<ShallowRef<Catalog | null>>
}

/** Sample values of a flow, fetched when a text first wants them. */
export function useSamples({ flowId, flow, manifests, catalog }: Subject): Samples {
  const values = shallowRef<SampleValues>(NO_SAMPLES)
  const failure = shallowRef<Failure | null>(null)
  const asked = new Set<string>()
  let source: Promise<Source> | null = null

  async function ask(nodeId: string) {
    if (asked.has(nodeId)) return
    asked.add(nodeId)
    try {
      source ??= sourceOf(flowId, contentTypeOf(flow.value, catalog.value)?.slug ?? null)
      const { run, origin, brief } = await source
      const items = run === null ? [] : await itemsFor(run, nodeId)
      values.value = {
        origin,
        brief,
        contentType: contentTypeOf(flow.value, catalog.value),
        items: new Map([...values.value.items, ...items]),
      }
      failure.value = null
    } catch (error) {
      asked.delete(nodeId)
      source = null
      failure.value = failureFrom(error)
    }
  }

  async function itemsFor(run: string, nodeId: string): Promise<[string, unknown][]> {
    const arrivals = arrivalsOf(flow.value, manifests.value, nodeId)
    const found = await Promise.all(
      arrivals.map(async (arrival) => {
        const { nodeId: maker, output: port } = arrival
        const { items } = await api.runs.outputs.query({ id: run, nodeId: maker, port, limit: 1 })
        return items.map(({ value }): [string, unknown] => [itemKey(maker, port), value])
      }),
    )
    return found.flat()
  }

  return { values, failure, ask }
}

/** The newest run that came to an end well, else a template of the same content type. */
async function sourceOf(flowId: string, contentType: string | null): Promise<Source> {
  const { runs } = await api.runs.list.query({ flowId, limit: 10 })
  const last = runs.find(({ status }) => status === 'succeeded')
  if (last) {
    const { input } = await api.runs.get.query({ id: last.id })
    return { run: last.id, origin: `Values of the run of ${dateTime(last.createdAt)}`, brief: briefIn(input) }
  }
  const templates = await api.templates.list.query()
  const template = templates.find((one) => one.contentType === contentType) ?? templates[0]
  if (!template) return { run: null, origin: null, brief: null }
  return { run: null, origin: `Values of the sample brief “${template.name}”`, brief: template.brief }
}
