import type { Edge, Node } from '@vue-flow/core'
import {
  type Catalog,
  type Finding,
  type Flow,
  type FlowNode,
  type NodeManifest,
  type Pins,
  manifestFor,
} from '#graph'
import { marksOf, withGhosts } from './marks.ts'
import { problemsByNode, titlesOf } from './names.ts'
import type { CanvasOverlay } from './overlay.ts'
import type { Peer } from './presence.ts'
import { edgesOf } from './scene-edges.ts'
import { borderNode, subflowNode, summary } from './scene-subflows.ts'
import { NO_COUNTS } from '../run/lanes.ts'
import { type Around, groupsOf, noteNode, pinnedPorts, stepNode } from './scene-nodes.ts'
import { type Level, levelOf } from './subflow-level.ts'

export interface SceneInput {
  flow: Flow
  /** The sub-flow that is open. */
  inside?: string | null
  manifests: Record<string, NodeManifest>
  catalog: Catalog | null
  findings: readonly Finding[]
  overlay: CanvasOverlay | null
  peers: readonly Peer[]
  pins?: Pins
}
export interface Scene {
  nodes: Node[]
  edges: Edge[]
}

/**
 * Makes the drawing of a flow. An element for which nothing has changed since the last call is the very same object,
 * so that whoever draws it can tell at once.
 */
export function sceneMaker(): (input: SceneInput) => Scene {
  let before: Memory = new Map()
  let drawnWith: readonly unknown[] = []
  return (input) => {
    const now = [input.manifests, input.catalog]
    if (now.some((part, index) => part !== drawnWith[index])) before = new Map()
    drawnWith = now
    const after: Memory = new Map()
    const scene = sceneOf(input, (id, source, circumstances, make) => {
      const known = before.get(id)
      const same = known && known.source === source && known.circumstances === circumstances
      const element = same ? known.element : make()
      after.set(id, { source, circumstances, element })
      return element
    })
    before = after
    return scene
  }
}

type Memory = Map<string, { source: unknown; circumstances: string; element: Node | Edge }>
/** Gives what was made last time from the same part of the document under the same circumstances. */
export type Recall = (
  id: string,
  source: unknown,
  circumstances: string,
  make: () => Node | Edge,
) => Node | Edge

export function sceneOf(
  input: SceneInput,
  recall: Recall = (_id, _source, _circumstances, make) => make(),
): Scene {
  const { manifests, catalog, findings, overlay, peers, pins = new Map() } = input
  const marks = overlay?.kind === 'diff' ? marksOf(overlay.diff) : null
  const run = overlay?.kind === 'run' ? overlay : null
  const gone = new Set(Object.values(marks?.removed ?? {}).flatMap((items) => items.map(({ id }) => id)))
  const flow = overlay?.kind === 'diff' ? withGhosts(input.flow, overlay.diff) : input.flow
  const level = levelOf(flow, manifests, input.inside ?? null)
  const titles = titlesOf(flow, manifests)
  const problems = problemsByNode(findings)
  const followers = followersOf(level)
  const names = new Map((catalog?.agents ?? []).map(({ slug, name }) => [slug, name]))
  const step = (node: FlowNode) => {
    const ghost = gone.has(node.id)
    const around: Around = {
      problems: ghost ? [] : (problems.get(node.id) ?? []).map(({ message }) => message),
      followers: followers.get(node.id) ?? [],
      counts: run ? (run.counts[node.id] ?? NO_COUNTS) : null,
      fact: run?.facts?.[node.id] ?? null,
      pinned: ghost ? {} : pinnedPorts(pins, node.id),
      mark: ghost ? 'removed' : (marks?.nodes.get(node.id) ?? null),
      peers: peersAt(peers, (id) => id === node.id),
    }
    return recall(node.id, node, JSON.stringify(around), () =>
      stepNode(node, manifestFor(node, manifests), names, around),
    ) as Node
  }
  const subflow = (node: FlowNode, inner: ReadonlySet<string>) => {
    const ghost = gone.has(node.id)
    const manifest = manifestFor(node, level.manifests)
    const steps = flow.nodes.filter(({ id }) => inner.has(id) && !gone.has(id)).length
    const around: Around = {
      ...summary(inner, { titles, problems, run, marks, pins }),
      ...(ghost ? { problems: [], mark: 'removed' } : {}),
      followers: followers.get(node.id) ?? [],
      peers: peersAt(peers, (id) => id === node.id || inner.has(id)),
    }
    const own = marks?.subflows.get(node.id)
    if (own && !ghost) around.mark = own
    return recall(node.id, node, JSON.stringify([around, steps, manifest]), () =>
      subflowNode(node, manifest, steps, around),
    ) as Node
  }
  const nodeOf = (node: FlowNode) => {
    const inner = level.content.get(node.id)
    return inner ? subflow(node, inner) : step(node)
  }
  const note = (one: Flow['notes'][number]) => {
    const mark = gone.has(one.id) ? 'removed' : (marks?.notes.get(one.id) ?? null)
    return recall(one.id, one, String(mark), () => noteNode(one, mark)) as Node
  }
  const groups = groupsOf(level.flow, level.manifests, (id) =>
    gone.has(id) ? 'removed' : (marks?.groups.get(id) ?? null),
  ).map((group) => recall(group.id, 'group', JSON.stringify(group), () => group) as Node)
  const borders = level.whole.nodes.slice(level.flow.nodes.length).flatMap((node) => {
    const border = level.borders.get(node.id)
    if (!border) return []
    return [recall(node.id, 'border', JSON.stringify(node), () => borderNode(node, border)) as Node]
  })
  return {
    nodes: [...groups, ...level.flow.notes.map(note), ...level.flow.nodes.map(nodeOf), ...borders],
    edges: edgesOf(level, flow, manifests, titles, { marks, run, recall, pins }),
  }
}

/** Titles of the nodes that each node feeds. */
function followersOf({ whole, manifests }: Level): Map<string, string[]> {
  const titles = titlesOf(whole, manifests)
  const followers = new Map<string, string[]>()
  for (const { source, target } of whole.edges) {
    const list = followers.get(source.node)
    const title = titles.get(target.node) ?? target.node
    if (list) list.push(title)
    else followers.set(source.node, [title])
  }
  return followers
}

const peersAt = (peers: readonly Peer[], isHere: (id: string) => boolean) =>
  peers.filter(({ selection }) => selection.some(isHere)).map(({ name, colour }) => ({ name, colour }))
