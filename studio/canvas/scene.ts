import type { Edge, Node } from '@vue-flow/core'
import {
  type Catalog,
  type Finding,
  type Flow,
  type FlowNode,
  type NodeManifest,
  agentChoiceOf,
  manifestKey,
} from '#graph'
import type { NodeCounts } from '../run/lanes.ts'
import { colourVar } from './colours.ts'
import { type Marks, marksOf } from './marks.ts'
import { problemsByNode, spokenName, titleOf, titlesOf } from './names.ts'
import type { CanvasOverlay } from './overlay.ts'
import type { Peer } from './presence.ts'
import { around, boxOf, nodeHeight } from './sizes.ts'

export type PortType = NodeManifest['inputs'][string]['type']
export interface PortFacts {
  id: string
  type: PortType
  title: string
}
export type Mark = 'added' | 'removed' | 'changed' | 'moved'
export type RunState = 'planned' | 'running' | 'done' | 'failed'

/** All that a node on the canvas shows. */
export interface StepData {
  title: string
  kind: string
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
}

export interface SceneInput {
  flow: Flow
  manifests: Record<string, NodeManifest>
  catalog: Catalog | null
  findings: readonly Finding[]
  overlay: CanvasOverlay | null
  peers: readonly Peer[]
}
export interface Scene {
  nodes: Node[]
  edges: Edge[]
}

/** Below the nodes also when selected, which lifts by a thousand. */
const NOTE_LAYER = -1_500
const GROUP_LAYER = -3_000
const GROUP_PADDING_PX = 26
const GROUP_HEAD_PX = 34
const NOTE_WIDTH_PX = 220
const NOTE_HEIGHT_PX = 140

export const noteSize = ({ width, height }: { width?: number; height?: number }) => ({
  width: width ?? NOTE_WIDTH_PX,
  height: height ?? NOTE_HEIGHT_PX,
})

/**
 * Makes the drawing of a flow. An element for which nothing has changed since the last call is the very same object,
 * so that whoever draws it can tell at once.
 */
export function sceneMaker(): (input: SceneInput) => Scene {
  let before = new Map<string, { key: string; element: Node | Edge }>()
  return (input) => {
    const after = new Map<string, { key: string; element: Node | Edge }>()
    const kept = <T extends Node | Edge>(element: T): T => {
      const key = JSON.stringify(element)
      const known = before.get(element.id)
      const result = known?.key === key ? (known.element as T) : element
      after.set(element.id, { key, element: result })
      return result
    }
    const scene = sceneOf(input)
    const same = { nodes: scene.nodes.map(kept), edges: scene.edges.map(kept) }
    before = after
    return same
  }
}

export function sceneOf({ flow, manifests, catalog, findings, overlay, peers }: SceneInput): Scene {
  const marks = overlay?.kind === 'diff' ? marksOf(overlay.diff) : null
  const run = overlay?.kind === 'run' ? overlay : null
  const titles = titlesOf(flow, manifests)
  const problems = problemsByNode(findings)
  const followers = new Map<string, string[]>()
  for (const { source, target } of flow.edges) {
    followers.set(source.node, [
      ...(followers.get(source.node) ?? []),
      titles.get(target.node) ?? target.node,
    ])
  }
  const names = new Map((catalog?.agents ?? []).map(({ slug, name }) => [slug, name]))
  const step = (node: FlowNode, ghost: boolean): Node<StepData> => {
    const manifest = manifests[manifestKey(node)]
    const title = titleOf(node, manifest)
    const faults = ghost ? [] : (problems.get(node.id) ?? []).map(({ message }) => message)
    const counts = run ? (run.counts[node.id] ?? NO_COUNTS) : null
    const data: StepData = {
      title,
      kind: manifest?.title ?? node.type,
      icon: manifest?.icon ?? '',
      lines: linesOf(node, names) || (manifest && title !== manifest.title ? manifest.title : ''),
      colour: colourVar(node.colour),
      annotation: node.annotation ?? '',
      disabled: node.disabled ?? false,
      unknown: !manifest,
      inputs: portsOf(manifest?.inputs),
      outputs: portsOf(manifest?.outputs),
      height: nodeHeight(manifest),
      problems: faults,
      state: counts ? stateOf(counts) : null,
      counts: counts && counts.total > 0 ? counts : null,
      fact: run?.facts?.[node.id] ?? null,
      mark: ghost ? 'removed' : (marks?.nodes.get(node.id) ?? null),
      peers: peers
        .filter(({ selection }) => selection.includes(node.id))
        .map(({ name, colour }) => ({ name, colour })),
    }
    return {
      id: node.id,
      type: 'step',
      position: node.position,
      data,
      ariaLabel: spokenName(title, followers.get(node.id) ?? [], faults.length, data.disabled),
      ...(ghost ? GHOST : {}),
    }
  }
  const ghosts = marks?.removedNodes ?? []
  const nodes: Node[] = [
    ...groupsOf(flow, manifests),
    ...flow.notes.map((note) => noteNode(note, marks?.notes.get(note.id) ?? null)),
    ...flow.nodes.map((node) => step(node, false)),
    ...ghosts.map((node) => step(node, true)),
  ]
  return { nodes, edges: edgesOf(flow, manifests, marks, run) }
}

const GHOST = { draggable: false, selectable: false, connectable: false, focusable: false }
const NO_COUNTS: NodeCounts = { total: 0, ended: 0, succeeded: 0, running: 0, failed: 0 }

const portsOf = (ports: NodeManifest['inputs'] | NodeManifest['outputs'] | undefined): PortFacts[] =>
  Object.entries(ports ?? {}).map(([id, { type, title }]) => ({ id, type, title }))

function noteNode(note: Flow['notes'][number], mark: Mark | null): Node<NoteData> {
  const { width, height } = noteSize(note)
  return {
    id: note.id,
    type: 'note',
    position: note.position,
    data: { text: note.text, colour: colourVar(note.colour), mark },
    style: { width: `${width}px`, height: `${height}px` },
    zIndex: NOTE_LAYER,
    connectable: false,
    ariaLabel: `Note: ${note.text.slice(0, 80) || 'empty'}`,
  }
}

/** A group is as large as what it holds; one that holds nothing is not drawn. */
function groupsOf(flow: Flow, manifests: Record<string, NodeManifest>): Node<GroupData>[] {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]))
  return flow.groups.flatMap((group) => {
    const members = group.nodes.map((id) => byId.get(id)).filter((node) => node !== undefined)
    const box = around(members.map((node) => boxOf(node, manifests[manifestKey(node)])))
    if (!box) return []
    return [
      {
        id: group.id,
        type: 'group',
        position: { x: box.x - GROUP_PADDING_PX, y: box.y - GROUP_PADDING_PX - GROUP_HEAD_PX },
        data: { title: group.title, colour: colourVar(group.colour), members: members.map(({ id }) => id) },
        style: {
          width: `${box.width + 2 * GROUP_PADDING_PX}px`,
          height: `${box.height + 2 * GROUP_PADDING_PX + GROUP_HEAD_PX}px`,
        },
        zIndex: GROUP_LAYER,
        connectable: false,
        ariaLabel: `Group ${group.title}, ${members.length} nodes`,
      },
    ]
  })
}

function edgesOf(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  marks: Marks | null,
  run: Extract<CanvasOverlay, { kind: 'run' }> | null,
): Edge[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]))
  const titles = titlesOf(flow, manifests)
  const draw = (edge: Flow['edges'][number], mark: Mark | null): Edge => {
    const from = nodes.get(edge.source.node)
    const type = from && manifests[manifestKey(from)]?.outputs[edge.source.port]?.type
    const off = from?.disabled || nodes.get(edge.target.node)?.disabled
    const running = (run?.counts[edge.target.node]?.running ?? 0) > 0
    const items = run?.items?.[edge.id]
    return {
      id: edge.id,
      source: edge.source.node,
      sourceHandle: edge.source.port,
      target: edge.target.node,
      targetHandle: edge.target.port,
      class: [`port-${type ?? 'any'}`, off ? 'off' : '', mark ? `mark-${mark}` : '']
        .filter(Boolean)
        .join(' '),
      animated: running,
      label: items === undefined ? '' : String(items),
      ariaLabel: `Connection from ${titles.get(edge.source.node)} to ${titles.get(edge.target.node)}`,
      ...(mark === 'removed' ? { selectable: false, focusable: false } : {}),
    }
  }
  return [
    ...flow.edges.map((edge) => draw(edge, marks?.edges.get(edge.id) ?? null)),
    ...(marks?.removedEdges ?? []).map((edge) => draw(edge, 'removed')),
  ]
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
