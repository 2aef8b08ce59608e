import type { PlannedCalls, PortType } from '#sdk'
import type { Catalog, ModelConfiguration } from './catalog.ts'
import {
  type CompiledFlow,
  type CompiledNode,
  type Entry,
  agentChoices,
  itemBound,
  knownCount,
  modelFor,
  stepLabel,
} from './compile.ts'
import { itemPath, stepPath } from './paths.ts'
import type { Plan, PlannedStep } from './plan-types.ts'
import { portOfKey } from './trial.ts'

/** More steps than this are not planned one by one: the flow has to be split. */
export const MAX_PLANNED_STEPS = 20_000

/** What is known of an item before it exists. */
export interface PlannedItem {
  path: string
  /** The configuration of the model that writes it. */
  model: string | null
  conditional: boolean
  /** What the steps that it came through may call, up to the last `all` node. */
  way?: CallBound[]
  /** It is there before the run begins. */
  given?: true
}

/** What a run may begin with, so that it is neither done nor planned again. */
export interface PlannedGiven {
  /** Of nodes that do nothing, by `node.port`. */
  items: ReadonlyMap<string, Omit<PlannedItem, 'given'>[]>
  /**
   * What steps of an earlier run put out, by `stepKey`. One is taken over, and then not in the plan, where all that it
   * works on is given too: its item, or everything that the nodes before an `all` node put out.
   */
  steps: ReadonlyMap<string, { port: string; path: string; model: string | null }[]>
}

export const stepKey = (nodeId: string, path: string): string => `${nodeId} ${path}`

const NOTHING: PlannedGiven = { items: new Map(), steps: new Map() }

/** One step's model calls: through which configurations, and how many of each at most. */
interface CallBound {
  model: ModelConfiguration
  max: number
}

/** The models that one step may call. */
function callBounds(
  compiled: CompiledNode,
  entry: Entry | null,
  { model: itemModel, way = [] }: PlannedItem,
  catalog: Catalog,
): CallBound[] {
  const bounds = new Map<string, CallBound>()
  const addBound = ({ model, max }: CallBound) =>
    bounds.set(model.id, { model, max: (bounds.get(model.id)?.max ?? 0) + max })
  for (const calls of compiled.manifest.calls) {
    const max = knownCount(calls.max, compiled, 1)
    if (calls.model === 'way') for (const bound of way) addBound({ ...bound, max: bound.max * max })
    else for (const model of modelsOf(calls, compiled, entry, itemModel, catalog)) addBound({ model, max })
  }
  return [...bounds.values()]
}

function modelsOf(
  calls: PlannedCalls,
  compiled: CompiledNode,
  entry: Entry | null,
  itemModel: string | null,
  catalog: Catalog,
): ModelConfiguration[] {
  const found = (model: ModelConfiguration | null) => (model ? [model] : [])
  if (typeof calls.model === 'object') {
    return agentChoices(compiled.node, calls.model.agents).flatMap((choice) =>
      found(modelFor(catalog, choice.agent, choice.model)),
    )
  }
  if (calls.model === 'entry') return found(modelFor(catalog, entry?.agent ?? null, entry?.model))
  if (calls.model === 'item') {
    const { inputs } = compiled.manifest
    // Where anything may arrive, what no model has written calls none.
    const drafts = Object.values(inputs).some(({ type }) => type === 'draft')
    return itemModel === null && !drafts ? [] : found(modelFor(catalog, null, itemModel))
  }
  const named = compiled.node.config['model']
  return found(modelFor(catalog, null, typeof named === 'string' ? named : null))
}

/** The plans of flows that this one runs, by id, and their names. */
export type ChildPlans = ReadonlyMap<string, { name: string; plan: Plan }>

/** What a step runs of other flows; null where it runs none. */
function childRuns(compiled: CompiledNode, plans: ChildPlans) {
  const { runs } = compiled.manifest
  if (!runs) return null
  const id = compiled.node.config[runs.flow]
  const child = typeof id === 'string' ? plans.get(id) : undefined
  return { max: knownCount(runs.max, compiled, 1), name: child?.name ?? '', plan: child?.plan ?? null }
}

/** Everything that a run of this flow will do, as far as it is known before the first step. Pure. */
export function plan(
  flow: CompiledFlow,
  catalog: Catalog,
  given: PlannedGiven = NOTHING,
  children: ChildPlans = new Map(),
): Plan | { tooLarge: true } {
  const items = new Map(
    [...given.items].map(([key, known]) => [key, known.map((item) => asGiven(item))] as const),
  )
  const idle = new Set([...given.items.keys()].map((key) => portOfKey(key).node))
  const steps: PlannedStep[] = []
  const destinations = new Map<string, Plan['destinations'][number]>()
  /** Nodes with nothing left to do. */
  const done = new Set(idle)
  let exact = true
  let [runs, childCalls] = [0, 0]

  for (const id of flow.order) {
    const compiled = flow.nodes.get(id)
    if (!compiled || idle.has(id)) continue
    const complete = compiled.upstream.every((upstream) => done.has(upstream))
    if (complete) done.add(id)
    for (const arrival of arrivals(compiled, items)) {
      for (const entry of compiled.entries ?? [null]) {
        if (steps.length >= MAX_PLANNED_STEPS) return { tooLarge: true }
        const path = stepPath(arrival.path, entry?.key ?? null)
        const bounds = callBounds(compiled, entry, arrival, catalog)
        const way = wayOn(compiled, arrival, bounds)
        const before = compiled.manifest.mode === 'all' ? complete : arrival.given
        const taken = before ? given.steps.get(stepKey(id, path)) : undefined
        if (taken) {
          for (const { port, ...item } of taken) {
            add(items, `${id}.${port}`, asGiven({ ...item, conditional: false, way }))
          }
          continue
        }
        done.delete(id)
        for (const bound of bounds) addDestination(destinations, bound)
        const child = childRuns(compiled, children)
        if (child) {
          runs += child.max * (1 + (child.plan?.runs ?? 0))
          childCalls += child.max * (child.plan?.maxCalls ?? 0)
          for (const to of child.plan?.destinations ?? []) addCalls(destinations, to, child.max)
        }
        if (arrival.conditional || (child && !(child.max === 1 && child.plan?.exact))) exact = false
        steps.push({
          nodeId: id,
          nodeTitle: compiled.title,
          nodeType: compiled.manifest.type,
          path,
          label: stepLabel(compiled, path, catalog),
          models: bounds.map(({ model }) => ({
            id: model.id,
            label: model.label,
            provider: model.provider,
            local: model.local,
          })),
          maxCalls: bounds.reduce((sum, bound) => sum + bound.max, 0),
          conditional: arrival.conditional,
          ...(child && { runs: { flow: child.name, max: child.max } }),
          ...(compiled.manifest.waits ? { waits: compiled.manifest.waits } : {}),
        })
        putOut(compiled, path, { ...arrival, way }, entry, catalog, items)
      }
    }
  }
  return {
    drafts: finishedDrafts(flow, items, idle),
    steps,
    maxCalls: steps.reduce((sum, step) => sum + step.maxCalls, childCalls),
    ...(runs > 0 && { runs }),
    destinations: [...destinations.values()],
    exact,
  }
}

/** What leads on from a node that waits, acts outside or gathers is not gone back over. */
function wayOn({ manifest }: CompiledNode, { way = [] }: PlannedItem, own: CallBound[]): CallBound[] {
  const { mode, effect = 'none', waits = [] } = manifest
  if (mode === 'all' || effect !== 'none' || waits.length > 0) return []
  return own.length === 0 ? way : [...way, ...own]
}

/** What a node is started by: each item in turn, or for `all` nodes one start that stands for them all. */
function arrivals(compiled: CompiledNode, items: Map<string, PlannedItem[]>): PlannedItem[] {
  const arriving = compiled.incoming.flatMap(
    (edge) => items.get(`${edge.source.node}.${edge.source.port}`) ?? [],
  )
  if (compiled.manifest.mode === 'each') return arriving
  if (compiled.incoming.length > 0 && arriving.length === 0) return []
  const conditional = arriving.length > 0 && arriving.every((item) => item.conditional)
  return [{ path: '', model: null, conditional }]
}

function putOut(
  compiled: CompiledNode,
  path: string,
  arrival: PlannedItem,
  entry: Entry | null,
  catalog: Catalog,
  items: Map<string, PlannedItem[]>,
): void {
  const keepsModel = compiled.manifest.calls.some((calls) => calls.model === 'item')
  const own = entry?.agent ? modelFor(catalog, entry.agent, entry.model)?.id : undefined
  const model = keepsModel ? arrival.model : (own ?? arrival.model)
  for (const [port, output] of Object.entries(compiled.manifest.outputs)) {
    const bound = itemBound(compiled, port)
    const conditional = arrival.conditional || output.conditional === true || bound > 1
    for (let index = 0; index < bound; index++) {
      add(items, `${compiled.node.id}.${port}`, {
        path: itemPath(path, compiled.node.id, port, bound === 1 ? null : index),
        model,
        conditional,
        ...(arrival.way ? { way: arrival.way } : {}),
      })
    }
  }
}

const asGiven = (item: PlannedItem): PlannedItem => ({ ...item, given: true })

function add(items: Map<string, PlannedItem[]>, key: string, item: PlannedItem): void {
  const there = items.get(key)
  if (there) there.push(item)
  else items.set(key, [item])
}

/** Drafts that no further node takes up to make another draft of. */
function finishedDrafts(
  flow: CompiledFlow,
  items: Map<string, PlannedItem[]>,
  idle: ReadonlySet<string>,
): number {
  const puts = (compiled: CompiledNode, type: PortType) =>
    Object.entries(compiled.manifest.outputs).filter(([, output]) => output.type === type)
  let drafts = 0
  for (const compiled of flow.nodes.values()) {
    if (idle.has(compiled.node.id)) continue
    for (const [port] of puts(compiled, 'draft')) {
      const takenUp = compiled.outgoing.some((edge) => {
        const target = flow.nodes.get(edge.target.node)
        return edge.source.port === port && target !== undefined && puts(target, 'draft').length > 0
      })
      if (!takenUp) drafts += items.get(`${compiled.node.id}.${port}`)?.length ?? 0
    }
  }
  return drafts
}

function addDestination(destinations: Map<string, Plan['destinations'][number]>, bound: CallBound): void {
  const { id, label, provider, local } = bound.model
  addCalls(destinations, { model: id, label, provider, local, maxCalls: bound.max }, 1)
}

function addCalls(
  destinations: Map<string, Plan['destinations'][number]>,
  to: Plan['destinations'][number],
  times: number,
): void {
  const known = destinations.get(to.model)
  if (known) known.maxCalls += to.maxCalls * times
  else destinations.set(to.model, { ...to, maxCalls: to.maxCalls * times })
}
