import { type BriefInput, type Catalog, type CatalogContentType, type Flow, briefInputSchema } from '#graph'
import type { Arrival } from './reach.ts'

/** Values to show beside fields. From the last run of the flow where there is one, else from a template's brief. */
export interface SampleValues {
  /** Where they come from, in words; null while there are none. */
  origin: string | null
  brief: BriefInput | null
  contentType: CatalogContentType | null
  /** One item of each output that was looked up, by `node.port`. */
  items: ReadonlyMap<string, unknown>
}

export const NO_SAMPLES: SampleValues = { origin: null, brief: null, contentType: null, items: new Map() }

export const itemKey = (nodeId: string, port: string): string => `${nodeId}.${port}`

/** The content type that the flow's brief asks for. */
export function contentTypeOf(flow: Flow, catalog: Catalog | null): CatalogContentType | null {
  const asked = flow.nodes.find(({ type, disabled }) => type === 'brief' && !disabled)?.config['contentType']
  return catalog?.contentTypes.find(({ slug }) => slug === asked) ?? null
}

/** The brief inside a run's input. */
export function briefIn(input: unknown): BriefInput | null {
  if (typeof input !== 'object' || input === null || !('brief' in input)) return null
  const { success, data } = briefInputSchema.safeParse(input.brief)
  return success ? data : null
}

/** An item as it arrived, or as much of it as the sample brief tells; never anything invented. */
export function itemOf(arrival: Pick<Arrival, 'type' | 'nodeId' | 'output'>, samples: SampleValues): unknown {
  const seen = samples.items.get(itemKey(arrival.nodeId, arrival.output))
  if (seen !== undefined) return seen
  if (samples.brief === null) return null
  const brief = { ...samples.brief, ...(samples.contentType ? { contentType: samples.contentType } : {}) }
  if (arrival.type === 'brief') return brief
  return arrival.type === 'draft' ? { brief } : null
}

/** What a template sees in a step, made of samples: enough to show what it comes to. */
export function variablesOf(
  mode: 'each' | 'all',
  arrivals: readonly Arrival[],
  samples: SampleValues,
): object {
  const [first] = arrivals
  const item = mode === 'each' && first ? itemOf(first, samples) : null
  const inputs = mode === 'each' && first ? { [first.port]: item } : {}
  const gathered: Record<string, unknown[]> = {}
  for (const arrival of mode === 'all' ? arrivals : []) {
    const known = itemOf(arrival, samples)
    gathered[arrival.port] = [...(gathered[arrival.port] ?? []), ...(known === null ? [] : [known])]
  }
  const run = { id: '', input: samples.brief === null ? {} : { brief: samples.brief } }
  return { input: item, item, inputs, gathered, run }
}
