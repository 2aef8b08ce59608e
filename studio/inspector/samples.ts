import {
  type BriefInput,
  type Catalog,
  type CatalogContentType,
  type Flow,
  type NodeManifest,
  activeFlow,
  briefInputSchema,
} from '#graph'
import { type Arrival, arrivalsOf } from './reach.ts'

export interface SampleItem {
  /** What people call it: "Creative writer". */
  label: string
  value: unknown
}

/** Values to show for expressions. From the last run of the flow where there is one, else from a template's brief. */
export interface SampleValues {
  /** False until the first look-up has been answered. */
  loaded: boolean
  /** The run that `items` are of. */
  run: { id: string; at: string; input: unknown } | null
  /** The template that the brief is of, while there is no run. */
  template: string | null
  brief: BriefInput | null
  contentType: CatalogContentType | null
  /** What was looked up of the run, by `node.port`. */
  items: ReadonlyMap<string, readonly SampleItem[]>
  /** Sample data of the draft, by `node.port`: what a trial would use. */
  pins: ReadonlyMap<string, readonly SampleItem[]>
}

export const NO_SAMPLES: SampleValues = {
  loaded: false,
  run: null,
  template: null,
  brief: null,
  contentType: null,
  items: new Map(),
  pins: new Map(),
}

export const itemKey = (nodeId: string, port: string): string => `${nodeId}.${port}`

/** Items that left a node by a port: the one place that decides which ones are shown. */
export const itemsAt = (samples: SampleValues, nodeId: string, port: string): readonly SampleItem[] =>
  samples.pins.get(itemKey(nodeId, port)) ?? samples.items.get(itemKey(nodeId, port)) ?? []

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

/** An item that comes in at a port of the node that is looked at. */
export interface Reaching extends SampleItem {
  port: string
}

/**
 * What a node has to work on. `real`: these items were there in the run, or are pinned; else they are made of the sample
 * brief. `pinned`: some of them are sample data of the draft.
 */
export interface Supply {
  items: readonly Reaching[]
  real: boolean
  pinned: boolean
}

/** Where the items of a node come from: what its edges start at, as drawn now. */
export const sourcesOf = (flow: Flow, nodeId: string) =>
  activeFlow(flow)
    .edges.filter(({ target }) => target.node === nodeId)
    .map(({ source, target }) => ({ nodeId: source.node, port: source.port, into: target.port }))

export function supplyOf(
  flow: Flow,
  manifests: readonly NodeManifest[],
  nodeId: string,
  samples: SampleValues,
): Supply {
  const sources = sourcesOf(flow, nodeId)
  const pinned = sources.some((source) => samples.pins.has(itemKey(source.nodeId, source.port)))
  const items = sources.flatMap((source) =>
    itemsAt(samples, source.nodeId, source.port).map((item) => ({ ...item, port: source.into })),
  )
  if (items.length > 0) return { items, real: true, pinned }
  const made = arrivalsOf(flow, manifests, nodeId).flatMap((arrival) => {
    const value = madeOf(arrival, samples)
    return value === null ? [] : [{ label: `Sample ${arrival.type}`, value, port: arrival.port }]
  })
  return { items: made, real: false, pinned: false }
}

/** As much of an item as the brief tells; never anything invented. */
function madeOf({ type }: Arrival, { brief: told, contentType }: SampleValues): unknown {
  if (told === null) return null
  const brief = { ...told, ...(contentType ? { contentType } : {}) }
  if (type === 'brief') return brief
  return type === 'draft' ? { brief } : null
}

/** What a template sees in a step that takes the item at `chosen` (an `all` node takes every item). */
export function variablesOf(
  mode: 'each' | 'all',
  { items }: Supply,
  chosen: number,
  samples: SampleValues,
): object {
  const one = mode === 'each' ? items[chosen] : undefined
  const item = one?.value ?? null
  const gathered: Record<string, unknown[]> = {}
  for (const { port, value } of mode === 'all' ? items : []) (gathered[port] ??= []).push(value)
  const input = samples.run?.input ?? (samples.brief === null ? {} : { brief: samples.brief })
  return {
    input: item,
    item,
    inputs: one ? { [one.port]: item } : {},
    gathered,
    run: { id: samples.run?.id ?? '', input },
  }
}
