import type { Edge, Node } from '@vue-flow/core'
import { type Catalog, type Finding, type Flow, type FlowNode, type NodeManifest, manifestKey } from '#graph'
import { marksOf } from './marks.ts'
import { problemsByNode, titlesOf } from './names.ts'
import type { CanvasOverlay } from './overlay.ts'
import type { Peer } from './presence.ts'
import { edgesOf } from './scene-edges.ts'
import { type Around, NO_COUNTS, type StepData, groupsOf, noteNode, stepNode } from './scene-nodes.ts'

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
  const { flow, manifests, catalog, findings, overlay, peers } = input
  const marks = overlay?.kind === 'diff' ? marksOf(overlay.diff) : null
  const run = overlay?.kind === 'run' ? overlay : null
  const titles = titlesOf(flow, manifests)
  const problems = problemsByNode(findings)
  const followers = new Map<string, string[]>()
  for (const { source, target } of flow.edges) {
    const list = followers.get(source.node)
    const title = titles.get(target.node) ?? target.node
    if (list) list.push(title)
    else followers.set(source.node, [title])
  }
  const names = new Map((catalog?.agents ?? []).map(({ slug, name }) => [slug, name]))
  const step = (node: FlowNode, ghost: boolean) => {
    const around: Around = {
      problems: ghost ? [] : (problems.get(node.id) ?? []).map(({ message }) => message),
      followers: followers.get(node.id) ?? [],
      counts: run ? (run.counts[node.id] ?? NO_COUNTS) : null,
      fact: run?.facts?.[node.id] ?? null,
      mark: ghost ? 'removed' : (marks?.nodes.get(node.id) ?? null),
      peers: peers
        .filter(({ selection }) => selection.includes(node.id))
        .map(({ name, colour }) => ({ name, colour })),
    }
    return recall(node.id, node, JSON.stringify(around), () =>
      stepNode(node, manifests[manifestKey(node)], names, around),
    ) as Node<StepData>
  }
  const note = (one: Flow['notes'][number], ghost: boolean) => {
    const mark = ghost ? 'removed' : (marks?.notes.get(one.id) ?? null)
    return recall(one.id, one, String(mark), () => noteNode(one, mark)) as Node
  }
  // What a group held may be gone with it.
  const gone = marks?.removed
  const nodesThen = gone ? [...flow.nodes, ...gone.nodes] : flow.nodes
  const groups = [
    ...groupsOf(flow, manifests, (id) => marks?.groups.get(id) ?? null),
    ...groupsOf({ nodes: nodesThen, groups: gone?.groups ?? [] }, manifests, () => 'removed'),
  ].map((group) => recall(group.id, 'group', JSON.stringify(group), () => group) as Node)
  return {
    nodes: [
      ...groups,
      ...flow.notes.map((one) => note(one, false)),
      ...(gone?.notes ?? []).map((one) => note(one, true)),
      ...flow.nodes.map((node) => step(node, false)),
      ...(gone?.nodes ?? []).map((node) => step(node, true)),
    ],
    edges: edgesOf(flow, manifests, titles, { marks, run, recall }),
  }
}
