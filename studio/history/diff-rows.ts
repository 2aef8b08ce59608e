import { diffWordsWithSpace } from 'diff'
import type { FieldChange, Flow, FlowDiff, NodeManifest } from '#graph'
import { type Passage, passagesOf } from '../results/revisions.ts'
import { fieldName } from '../run/step-facts.ts'

export interface DiffField {
  name: string
  passages: Passage[]
}

/** One thing that differs, as people read it. */
export interface DiffRow {
  id: string
  what: 'added' | 'removed' | 'changed' | 'moved'
  title: string
  fields: DiffField[]
  /** Whether it is drawn, so that it can be shown; what was removed is drawn as well. */
  onCanvas: boolean
}

type Titles = (flow: Flow, id: string) => string

/** What nodes, connections, notes and groups have in common. */
interface Part {
  added: readonly { id: string }[]
  removed: readonly { id: string }[]
  changed: readonly { id: string; fields: readonly FieldChange[] }[]
  moved: readonly { id: string }[]
}

/** What became of `before` on the way to `after`: the flow's own settings, nodes, connections, notes, groups. */
export function diffRows(
  diff: FlowDiff,
  before: Flow,
  after: Flow,
  manifests: readonly NodeManifest[],
): DiffRow[] {
  const node: Titles = (flow, id) => nodeTitle(flow, id, manifests)
  const edge: Titles = (flow, id) => {
    const found = flow.edges.find((one) => one.id === id)
    return found ? `${node(flow, found.source.node)} → ${node(flow, found.target.node)}` : id
  }
  const note: Titles = (flow, id) =>
    `Note “${shortened(flow.notes.find((one) => one.id === id)?.text ?? '')}”`
  const group: Titles = (flow, id) => `Group “${flow.groups.find((one) => one.id === id)?.title ?? id}”`
  const subflow: Titles = (flow, id) => subflowTitle(flow, id)
  const rows = (part: Part, titles: Titles) => rowsOf(part, before, after, titles)
  return [
    ...(diff.meta.length > 0 ? [settingsRow(diff.meta)] : []),
    ...rows(diff.nodes, node),
    ...rows(diff.edges, edge),
    ...rows(diff.notes, note),
    ...rows(diff.groups, group),
    ...rows(diff.subflows, subflow),
  ]
}

const subflowTitle: Titles = (flow, id) =>
  `Sub-flow “${flow.subflows.find((one) => one.id === id)?.title ?? id}”`

const settingsRow = (changes: readonly FieldChange[]): DiffRow => ({
  id: '',
  what: 'changed',
  title: 'The flow itself',
  fields: changes.map(fieldOf),
  onCanvas: false,
})

function rowsOf(part: Part, before: Flow, after: Flow, titles: Titles): DiffRow[] {
  const row = (what: DiffRow['what'], id: string, fields: DiffField[] = []): DiffRow => ({
    id,
    what,
    title: titles(what === 'removed' ? before : after, id),
    fields,
    onCanvas: true,
  })
  const changed = new Set(part.changed.map(({ id }) => id))
  return [
    ...part.added.map(({ id }) => row('added', id)),
    ...part.removed.map(({ id }) => row('removed', id)),
    ...part.changed.map(({ id, fields }) => row('changed', id, fields.map(fieldOf))),
    ...part.moved.filter(({ id }) => !changed.has(id)).map(({ id }) => row('moved', id)),
  ]
}

function nodeTitle(flow: Flow, id: string, manifests: readonly NodeManifest[]): string {
  const node = flow.nodes.find((one) => one.id === id)
  if (!node) return id
  const manifest = manifests.find(({ type, version }) => type === node.type && version === node.version)
  return node.title ?? manifest?.title ?? node.type
}

const TITLE_CHARACTERS = 40

function shortened(text: string): string {
  const [line = ''] = text.trim().split('\n')
  return line.length > TITLE_CHARACTERS ? `${line.slice(0, TITLE_CHARACTERS)}…` : line
}

function fieldOf({ path, before, after }: FieldChange): DiffField {
  const parts = path.split('.').filter((part) => part !== 'config' && part !== 'limits')
  return { name: parts.map(fieldName).join(', '), passages: passages(before, after) }
}

/** Texts and structures word by word; a number or a switch as what it was and what it is. */
function passages(before: unknown, after: unknown): Passage[] {
  const [was, is] = [written(before), written(after)]
  if (!isScalar(before) || !isScalar(after)) return passagesOf(diffWordsWithSpace(was, is), false)
  return [
    { kind: 'removed', text: was },
    { kind: 'same', text: ' → ' },
    { kind: 'added', text: is },
  ]
}

const isScalar = (value: unknown) => typeof value === 'number' || typeof value === 'boolean'

/** A field that is not set reads as nothing. */
function written(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? '')
}
