import * as Y from 'yjs'
import { type Flow, flowSchema } from '../flow.ts'
import { hashOf } from '../paths.ts'
import { putGroup, putNote, setMembers } from './annotate.ts'
import { assign, assignFields, putEdge, putNode } from './edit.ts'
import {
  ITEM_KINDS,
  type ItemKind,
  type ItemMap,
  edit,
  hide,
  isMap,
  isVisible,
  itemsOf,
  metaOf,
  orderOf,
  show,
  storedItem,
} from './shape.ts'
import { putSubflow } from './subflows.ts'
import { flowText } from './text.ts'

/** Makes the draft equal to a flow, changing no more than differs: people who are editing keep all the rest. */
export function writeFlow(doc: Y.Doc, flow: Flow, origin?: unknown): void {
  edit(doc, origin, null, () => {
    const { schemaVersion, name, description, limits } = flow
    const { timeoutMinutes, priority, budget } = limits
    const absent = { timeoutMinutes, priority, budget }
    assignFields(metaOf(doc), { schemaVersion, name, description, ...limits, ...absent })
    for (const kind of ITEM_KINDS) hideOthers(doc, kind, new Set(flow[kind].map((item) => item.id)))

    writeItems(doc, 'subflows', flow.subflows, putSubflow, (item, { id: _id, position, ...fields }) => {
      const { title, parent, colour, annotation } = fields
      assign(doc, item, { title, parent, colour, annotation, x: position.x, y: position.y })
    })
    writeItems(doc, 'nodes', flow.nodes, putNode, (item, { id: _id, position, config, ...fields }) => {
      const { title, disabled, colour, annotation, subflow, settings } = fields
      const absent = { title, disabled, colour, annotation, subflow, settings }
      assign(doc, item, { ...fields, ...absent, x: position.x, y: position.y })
      writeConfig(doc, item, config)
    })
    writeItems(doc, 'notes', flow.notes, putNote, (item, { text, position, ...fields }) => {
      const { width, height, colour, subflow } = fields
      assign(doc, item, { text, x: position.x, y: position.y, width, height, colour, subflow })
    })
    writeItems(doc, 'groups', flow.groups, putGroup, (item, { title, colour, nodes }) => {
      assign(doc, item, { title, colour })
      setMembers(doc, item, nodes)
    })
    writeItems(doc, 'edges', flow.edges, putEdge, (item, { source, target }) =>
      assign(doc, item, { source, target }),
    )
  })
}

function hideOthers(doc: Y.Doc, kind: ItemKind, wanted: ReadonlySet<string>): void {
  for (const [id, item] of itemsOf(doc, kind)) {
    if (!wanted.has(id) && isMap(item) && isVisible(item)) hide(doc, item)
  }
}

function writeItems<T extends { id: string }>(
  doc: Y.Doc,
  kind: ItemKind,
  values: readonly T[],
  put: (doc: Y.Doc, value: T, order: number) => void,
  update: (item: ItemMap, value: T) => void,
): void {
  const order = ascending()
  for (const value of values) {
    const item = storedItem(doc, kind, value.id)
    if (!item) {
      put(doc, value, order(null))
      continue
    }
    if (!isVisible(item)) show(item)
    assignFields(item, { order: order(orderOf(item)) })
    update(item, value)
  }
}

function writeConfig(doc: Y.Doc, item: ItemMap, config: Flow['nodes'][number]['config']): void {
  const stored = item.get('config')
  if (!isMap(stored)) {
    assign(doc, item, { config: new Y.Map(Object.entries(config)) })
    return
  }
  const gone = [...stored.keys()].filter((field) => !Object.hasOwn(config, field))
  assignFields(stored, { ...Object.fromEntries(gone.map((field) => [field, undefined])), ...config })
}

/** Numbers for items in their new order: the ones they have, as long as those ascend. */
function ascending(): (current: number | null) => number {
  let last = 0
  return (current) => {
    last = current !== null && current > last ? current : last + 1
    return last
  }
}

/** Part of the seed below: raise it whenever the same flow comes to lie differently in a draft. */
const LAYOUT = 1

/**
 * A new draft that holds this flow, as an update. The same flow gives the same bytes, so a draft that was started
 * twice, by two servers or again after its state was lost, is still one draft to everybody who has a copy.
 */
export function draftUpdateOf(flow: Flow): Uint8Array {
  const text = flowText(flow)
  const doc = new Y.Doc()
  doc.clientID = Number.parseInt(hashOf(text, LAYOUT).slice(-6), 36)
  writeFlow(doc, flowSchema.parse(JSON.parse(text)))
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}
