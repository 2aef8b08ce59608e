import type { Flow, FlowEdge, FlowGroup, FlowNode, FlowNote, FlowSubflow } from '../flow.ts'
import type { Point } from './edit.ts'
import { isJson, sameJson } from './json.ts'

export interface FieldChange {
  /** Dotted: `title`, `config.agents`, `source`. */
  path: string
  /** Undefined where there was or is none. */
  before: unknown
  after: unknown
}

export interface KindDiff<T> {
  added: T[]
  removed: T[]
  /** Items with other fields than before; where they lie is in `moved`. */
  changed: { id: string; fields: FieldChange[] }[]
  moved: { id: string; before: Point; after: Point }[]
}

export interface FlowDiff {
  nodes: KindDiff<FlowNode>
  edges: KindDiff<FlowEdge>
  notes: KindDiff<FlowNote>
  groups: KindDiff<FlowGroup>
  subflows: KindDiff<FlowSubflow>
  /** Changes of the flow itself: its name, description and limits. */
  meta: FieldChange[]
}

/** What was done to `before` to make it `after`. Items are the same when their ids are. */
export const flowDiff = (before: Flow, after: Flow): FlowDiff => ({
  nodes: kindDiff(before.nodes, after.nodes),
  edges: kindDiff(before.edges, after.edges),
  notes: kindDiff(before.notes, after.notes),
  groups: kindDiff(before.groups, after.groups),
  subflows: kindDiff(before.subflows, after.subflows),
  meta: fieldChanges(metaOf(before), metaOf(after)),
})

export const isSameFlow = ({ nodes, edges, notes, groups, subflows, meta }: FlowDiff): boolean =>
  meta.length === 0 &&
  [nodes, edges, notes, groups, subflows].every((kind) =>
    Object.values(kind).every((list) => list.length === 0),
  )

const metaOf = ({ name, description, limits }: Flow) => ({ name, description, limits })

type Item = { id: string; position?: Point }

function kindDiff<T extends Item>(before: readonly T[], after: readonly T[]): KindDiff<T> {
  const old = new Map(before.map((item) => [item.id, item]))
  const kept = new Set(after.map((item) => item.id))
  const diff: KindDiff<T> = {
    added: after.filter((item) => !old.has(item.id)),
    removed: before.filter((item) => !kept.has(item.id)),
    changed: [],
    moved: [],
  }
  for (const item of after) {
    const was = old.get(item.id)
    if (was === undefined || was === item) continue
    const fields = fieldChanges(contentOf(was), contentOf(item))
    if (fields.length > 0) diff.changed.push({ id: item.id, fields })
    if (was.position && item.position && !sameJson(was.position, item.position)) {
      diff.moved.push({ id: item.id, before: was.position, after: item.position })
    }
  }
  return diff
}

function contentOf(item: Item): object {
  const { id: _id, position: _position, ...content } = item
  return content
}

/** Configuration and limits are compared field by field, everything else as a whole. */
function fieldChanges(before: object, after: object, below = ''): FieldChange[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const keys = [...new Set([...old.keys(), ...now.keys()])]
  return keys.flatMap((key): FieldChange[] => {
    const [was, is]: [unknown, unknown] = [old.get(key), now.get(key)]
    if (sameJson(was, is)) return []
    const path = `${below}${key}`
    if (below === '' && (key === 'config' || key === 'limits')) {
      return fieldChanges(asObject(was), asObject(is), `${path}.`)
    }
    return [{ path, before: was, after: is }]
  })
}

const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null && isJson(value) ? value : {}
