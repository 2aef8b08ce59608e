/** Fields of a draft's maps as the flow schema knows them. What another client wrote there is not to be trusted. */
import {
  type Flow,
  type FlowEdge,
  type FlowGroup,
  type FlowNode,
  type FlowNote,
  type FlowSubflow,
  FLOW_SCHEMA_VERSION,
  MAX_DESCRIPTION,
  MAX_NOTE_TEXT,
  MAX_TITLE,
  flowEdgeSchema,
  flowGroupSchema,
  flowLimitsSchema,
  flowNodeSchema,
  flowNoteSchema,
  flowSubflowSchema,
} from '../flow.ts'
import { type Json, isJson } from './json.ts'
import { type ItemMap, isMap, memberOf } from './shape.ts'
import { valueAt } from './typed-text.ts'
import type { z } from 'zod'

const UNNAMED = 'Untitled flow'

const fits = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined => {
  if (value === undefined) return undefined
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

const finite = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
const positionOf = (item: ItemMap) => ({ x: finite(item.get('x')), y: finite(item.get('y')) })

/** Of a text that several people type into no more is read than the flow schema allows. */
const MOST: Partial<Record<string, number>> = {
  title: MAX_TITLE,
  annotation: MAX_DESCRIPTION,
  text: MAX_NOTE_TEXT,
}

/** The fields that have a value that fits, so that absent ones stay absent. */
function present<T extends Record<string, z.ZodType>>(shape: T, item: ItemMap) {
  const found: { [K in keyof T]?: z.output<T[K]> } = {}
  for (const key of Object.keys(shape) as (keyof T & string)[]) {
    const value = fits(shape[key] as T[typeof key], valueAt(item, key, MOST[key]))
    if (value !== undefined) found[key] = value
  }
  return found
}

const { title, disabled, colour, annotation, subflow, settings } = flowNodeSchema.shape
const NODE_OPTIONS = { title, disabled, colour, annotation, subflow, settings }
const NOTE_OPTIONS = {
  width: flowNoteSchema.shape.width,
  height: flowNoteSchema.shape.height,
  colour: flowNoteSchema.shape.colour,
  subflow: flowNoteSchema.shape.subflow,
}
const GROUP_OPTIONS = { colour: flowGroupSchema.shape.colour }
const SUBFLOW_OPTIONS = {
  parent: flowSubflowSchema.shape.parent,
  colour: flowSubflowSchema.shape.colour,
  annotation: flowSubflowSchema.shape.annotation,
}

/** Null where it can't be a node at all. */
export function readNode(id: string, item: ItemMap): FlowNode | null {
  const type = fits(flowNodeSchema.shape.type, item.get('type'))
  const version = fits(flowNodeSchema.shape.version, item.get('version'))
  if (type === undefined || version === undefined || fits(flowNodeSchema.shape.id, id) === undefined)
    return null
  return {
    id,
    type,
    version,
    position: positionOf(item),
    config: readConfig(item),
    ...present(NODE_OPTIONS, item),
  }
}

export function readConfig(item: ItemMap): FlowNode['config'] {
  const config = item.get('config')
  if (!isMap(config)) return {}
  const fields: [string, Json][] = []
  config.forEach((_stored, field) => {
    const value = valueAt(config, field)
    if (field !== '__proto__' && isJson(value)) fields.push([field, value])
  })
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

export function readNote(id: string, item: ItemMap): FlowNote | null {
  if (fits(flowNoteSchema.shape.id, id) === undefined) return null
  const text = fits(flowNoteSchema.shape.text, valueAt(item, 'text', MOST['text'])) ?? ''
  return { id, text, position: positionOf(item), ...present(NOTE_OPTIONS, item) }
}

/** With all members that were ever put in; the reader of the whole flow knows which of them are there. */
export function readGroup(id: string, item: ItemMap): FlowGroup | null {
  if (fits(flowGroupSchema.shape.id, id) === undefined) return null
  const members = item.get('nodes')
  return {
    id,
    title: fits(flowGroupSchema.shape.title, valueAt(item, 'title', MOST['title'])) ?? '',
    nodes: isMap(members) ? [...new Set([...members.keys()].map(memberOf))].toSorted() : [],
    ...present(GROUP_OPTIONS, item),
  }
}

export function readSubflow(id: string, item: ItemMap): FlowSubflow | null {
  if (fits(flowSubflowSchema.shape.id, id) === undefined) return null
  const named = fits(flowSubflowSchema.shape.title, valueAt(item, 'title', MOST['title'])) ?? ''
  return { id, title: named, position: positionOf(item), ...present(SUBFLOW_OPTIONS, item) }
}

export const readEdge = (id: string, item: ItemMap): FlowEdge | null =>
  fits(flowEdgeSchema, { id, source: item.get('source'), target: item.get('target') }) ?? null

export function readMeta(meta: ItemMap): Pick<Flow, 'schemaVersion' | 'name' | 'description' | 'limits'> {
  const name = valueAt(meta, 'name', MAX_TITLE)
  const description = valueAt(meta, 'description', MAX_DESCRIPTION)
  const limits = flowLimitsSchema.parse({})
  for (const key of ['maxLocalConcurrent', 'maxCloudConcurrent'] as const) {
    limits[key] = fits(flowLimitsSchema.shape[key], meta.get(key)) ?? limits[key]
  }
  const timeoutMinutes = fits(flowLimitsSchema.shape.timeoutMinutes, meta.get('timeoutMinutes'))
  if (timeoutMinutes !== undefined) limits.timeoutMinutes = timeoutMinutes
  const priority = fits(flowLimitsSchema.shape.priority, meta.get('priority'))
  if (priority !== undefined) limits.priority = priority
  const budget = fits(flowLimitsSchema.shape.budget, meta.get('budget'))
  if (budget !== undefined) limits.budget = budget
  return {
    schemaVersion: FLOW_SCHEMA_VERSION,
    name: typeof name === 'string' && name !== '' ? name.slice(0, MAX_TITLE) : UNNAMED,
    description: typeof description === 'string' ? description.slice(0, MAX_DESCRIPTION) : '',
    limits,
  }
}
