import type { Node } from '@vue-flow/core'
import {
  type Flow,
  type FlowNode,
  type NodeManifest,
  type Pins,
  agentChoiceOf,
  manifestFor,
  portOfKey,
} from '#graph'
import type { NodeCounts } from '../run/lanes.ts'
import { counted } from '../ui/format.ts'
import { colourVar } from './colours.ts'
import { frameAround } from './group-frame.ts'
import { spokenName, titleOf } from './names.ts'
import { nodeHeight, spaceOf } from './sizes.ts'

export type PortType = NodeManifest['inputs'][string]['type']
export interface PortFacts {
  id: string
  type: PortType
  title: string
  /** How many items are pinned on it; null where none are. */
  pinned: number | null
}
export type Mark = 'added' | 'removed' | 'changed' | 'moved'
export type RunState = 'planned' | 'running' | 'done' | 'failed'

/** All that a node on the canvas shows. */
export interface StepData {
  title: string
  icon: string
  lines: string
  colour: string | null
  annotation: string
  disabled: boolean
  unknown: boolean
  inputs: PortFacts[]
  outputs: PortFacts[]
  height: number
  problems: string[]
  state: RunState | null
  counts: NodeCounts | null
  fact: string | null
  mark: Mark | null
  peers: { name: string; colour: string }[]
}
export interface NoteData {
  text: string
  colour: string | null
  mark: Mark | null
}
export interface GroupData {
  title: string
  colour: string | null
  members: string[]
  mark: Mark | null
}

/** Below the nodes also when selected, which lifts by a thousand. */
const NOTE_LAYER = -1_500
const GROUP_LAYER = -3_000
const NOTE_WIDTH_PX = 220
const NOTE_HEIGHT_PX = 140

export const noteSize = ({ width, height }: { width?: number; height?: number }) => ({
  width: width ?? NOTE_WIDTH_PX,
  height: height ?? NOTE_HEIGHT_PX,
})

/** What a node shows besides what it says itself. */
export interface Around extends Pick<StepData, 'problems' | 'counts' | 'fact' | 'mark' | 'peers'> {
  followers: string[]
  /** How many items are pinned, by output port. */
  pinned: Record<string, number>
}

export function stepNode(
  node: FlowNode,
  manifest: NodeManifest | undefined,
  names: ReadonlyMap<string, string>,
  { problems, followers, pinned, counts, fact, mark, peers }: Around,
): Node<StepData> {
  const title = titleOf(node, manifest)
  const data: StepData = {
    title,
    icon: manifest?.icon ?? '',
    lines: linesOf(node, names) || (manifest && title !== manifest.title ? manifest.title : ''),
    colour: colourVar(node.colour),
    annotation: node.annotation ?? '',
    disabled: node.disabled ?? false,
    unknown: !manifest,
    inputs: portsOf(manifest?.inputs),
    outputs: portsOf(manifest?.outputs, pinned),
    height: nodeHeight(manifest),
    problems,
    state: counts ? stateOf(counts) : null,
    counts: counts && counts.total > 0 ? counts : null,
    fact,
    mark,
    peers,
  }
  return {
    id: node.id,
    type: 'step',
    position: node.position,
    data,
    ariaLabel: marked(
      [spokenName(title, followers, problems.length, data.disabled), ...pinnedWords(data.outputs)].join(', '),
      mark,
    ),
    ...(mark === 'removed' ? GHOST : {}),
  }
}

const marked = (name: string, mark: Mark | null) => (mark ? `${name}, ${mark}` : name)
const GHOST = { draggable: false, selectable: false, connectable: false, focusable: false }

const portsOf = (
  ports: NodeManifest['inputs'] | NodeManifest['outputs'] | undefined,
  pinned: Record<string, number> = {},
): PortFacts[] =>
  Object.entries(ports ?? {}).map(([id, { type, title }]) => {
    return { id, type, title, pinned: pinned[id] ?? null }
  })

const pinnedWords = (ports: readonly PortFacts[]): string[] =>
  ports.flatMap(({ title, pinned }) =>
    pinned === null ? [] : [`${counted(pinned, 'item')} pinned on ${title}`],
  )

export function pinnedPorts(pins: Pins, nodeId: string): Record<string, number> {
  const own = [...pins].filter(([key]) => portOfKey(key).node === nodeId)
  return Object.fromEntries(own.map(([key, items]) => [portOfKey(key).port, items.length]))
}

export function noteNode(note: Flow['notes'][number], mark: Mark | null): Node<NoteData> {
  const { width, height } = noteSize(note)
  return {
    id: note.id,
    type: 'note',
    position: note.position,
    data: { text: note.text, colour: colourVar(note.colour), mark },
    style: { width: `${width}px`, height: `${height}px` },
    zIndex: NOTE_LAYER,
    connectable: false,
    ariaLabel: marked(`Note: ${note.text.slice(0, 80) || 'empty'}`, mark),
    ...(mark === 'removed' ? GHOST : {}),
  }
}

/** A group is as large as what it holds; one that holds nothing is not drawn. */
export function groupsOf(
  flow: Pick<Flow, 'nodes' | 'groups'>,
  manifests: Record<string, NodeManifest>,
  markOf: (id: string) => Mark | null,
): Node<GroupData>[] {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]))
  return flow.groups.flatMap((group) => {
    const members = group.nodes.map((id) => byId.get(id)).filter((node) => node !== undefined)
    const frame = frameAround(members.map((node) => spaceOf(node, manifestFor(node, manifests))))
    if (!frame) return []
    const mark = markOf(group.id)
    return [
      {
        id: group.id,
        type: 'group',
        position: { x: frame.x, y: frame.y },
        data: {
          title: group.title,
          colour: colourVar(group.colour),
          members: members.map(({ id }) => id),
          mark,
        },
        style: { width: `${frame.width}px`, height: `${frame.height}px` },
        zIndex: GROUP_LAYER,
        connectable: false,
        ariaLabel: marked(`Group ${group.title}, ${members.length} nodes`, mark),
        ...(mark === 'removed' ? GHOST : {}),
      },
    ]
  })
}

function stateOf({ total, ended, succeeded, running, failed }: NodeCounts): RunState {
  if (failed > 0) return 'failed'
  if (running > 0 || (succeeded > 0 && ended < total)) return 'running'
  return succeeded > 0 ? 'done' : 'planned'
}

/** The agents that a node's configuration names, by their names. */
function linesOf(node: FlowNode, names: ReadonlyMap<string, string>): string {
  const slugs = Object.values(node.config).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).flatMap((choice) => agentChoiceOf(choice)?.agent ?? []),
  )
  return [...new Set(slugs)].map((slug) => names.get(slug) ?? slug).join(', ')
}
