/** What a run begins with: steps that are taken over as they ended, without running. Pure. */
import { draftSchema, stepKey } from '#graph'
import { type Change, nodeOf, nodeProgress, takeOver } from './change.ts'
import { stepId } from './ids.ts'
import type { Json } from './interfaces.ts'

/** `path` and `ordinal` are those that the item had in an earlier run, where it is from one. */
export interface GivenOutput {
  port: string
  path: string
  ordinal: number[]
  label: string
  value: Json
}

export interface GivenStep {
  nodeId: string
  path: string
  label: string
  outputs: GivenOutput[]
}

/** Each given node of a trial is there as one step, whichever steps its items came from. */
export function giveNodes(change: Change): void {
  const { trial } = change.compiled.snapshot
  const nodes = new Set(trial?.given.map(({ node }) => node))
  for (const nodeId of change.compiled.flow.order.filter((id) => nodes.has(id))) {
    const compiled = nodeOf(change, nodeId)
    const given = change.given.get(stepKey(nodeId, ''))
    const place = { nodeId, path: '', ordinal: [], inputId: null, inputPort: null, entry: null }
    Object.assign(nodeProgress(change, nodeId), { started: true, closed: true })
    takeOver(change, compiled, place, {
      nodeId,
      path: '',
      label: compiled.title,
      outputs: given?.outputs ?? [],
    })
  }
}

/** The model that wrote an item, as far as the item says so. */
export function modelIn(value: Json): string | null {
  const { success, data } = draftSchema.safeParse(value)
  return success ? data.model : null
}

const NAMES = new Set(['id', 'parent', 'draftId', 'winner'])

/**
 * How to write a value for this run: the drafts among the given items get ids of its own, in whatever names them. An id
 * belongs to the one run in whose results it appears.
 */
export function renaming(given: readonly GivenStep[], runId: string): (value: Json) => Json {
  const ids = new Map<string, string>()
  for (const { value } of given.flatMap(({ outputs }) => outputs)) {
    const { success, data } = draftSchema.safeParse(value)
    if (success) ids.set(data.id, stepId(runId, 'given', data.id))
  }
  const renamed = (value: Json, key: string | null): Json => {
    if (typeof value === 'string') return key !== null && NAMES.has(key) ? (ids.get(value) ?? value) : value
    if (Array.isArray(value)) return value.map((entry) => renamed(entry, null))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, renamed(entry, name)]))
  }
  return ids.size === 0 ? (value) => value : (value) => renamed(value, null)
}

/** The same steps with values as this run writes them. */
export function asOwn(given: readonly GivenStep[], rename: (value: Json) => Json): GivenStep[] {
  return given.map((step) => ({
    ...step,
    outputs: step.outputs.map((item) => ({ ...item, value: rename(item.value) })),
  }))
}
