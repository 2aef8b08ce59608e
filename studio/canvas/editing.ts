import {
  type FlowNode,
  type NodeManifest,
  addGroup,
  addNode,
  addNote,
  clipOf,
  connect,
  connectable,
  contentOf,
  manifestFor,
  moveNodes,
  pasteClip,
  readClip,
  removeItems,
  setNode,
} from '#graph'
import { type Alignment, type Move, type Placed, aligned, distributed } from './arrange.ts'
import { freshConfig, freshTitle } from './fresh.ts'
import { noteSize } from './scene-nodes.ts'
import { GAP_PX, GRID_PX, NODE_WIDTH_PX, boxOf, freePlace, nodeHeight, snapped } from './sizes.ts'
import type { DraftSession } from './use-draft.ts'
import { type End, type Wire, fittingPort, likelyPorts, portsBetween } from './wiring.ts'

type Point = { x: number; y: number }

/** What people do to a draft on the canvas; each call is one step of undo. */
export type Editing = ReturnType<typeof useEditing>

export function useEditing(draft: DraftSession) {
  const { doc, origin, known, level } = draft
  /** Sub-flows of the open level count as nodes; see `levelOf`. */
  const here = () => level.value.flow
  const manifestOf = (node: FlowNode) => manifestFor(node, level.value.manifests)
  const nodeOf = (id: string) =>
    here().nodes.find((node) => node.id === id) ?? draft.flow.value.nodes.find((node) => node.id === id)
  const real = ({ source, target }: Wire): Wire => ({
    source: level.value.realEnd(source),
    target: level.value.realEnd(target),
  })
  const legal = (wire: Wire) => {
    const { source, target } = real(wire)
    return connectable(draft.flow.value, known.value, source, target)
  }
  const join = (source: End, target: End) => {
    const wire = real({ source, target })
    return connect(doc, wire.source, wire.target, origin)
  }

  /** Several edits, one step; nothing is done to a flow that may only be looked at. */
  function change<T>(edits: () => T): T | null {
    if (draft.readOnly.value) return null
    return draft.step(() => doc.transact(edits, origin))
  }

  function create(manifest: NodeManifest, wanted: Point): string {
    const { type, version } = manifest
    const position = freePlace(here(), manifestOf, wanted, nodeHeight(manifest))
    const title = freshTitle(draft.flow.value, manifest)
    const config = freshConfig(manifest, draft.catalog.value)
    const subflow = level.value.inside ?? undefined
    return addNode(doc, { type, version, position, config, subflow, ...(title ? { title } : {}) }, origin)
  }

  function add(manifest: NodeManifest, at: Point): string | null {
    const id = change(() => create(manifest, at))
    if (id) draft.select([id])
    return id
  }

  /** Puts a node behind another one and connects whatever most likely belongs together. */
  function addBehind(manifest: NodeManifest, before: string): string | null {
    const node = nodeOf(before)
    const from = node && manifestOf(node)
    if (!node) return null
    const id = change(() => {
      const made = create(manifest, { x: node.position.x + NODE_WIDTH_PX + GAP_PX, y: node.position.y })
      for (const { output, input } of from ? likelyPorts(from, manifest) : []) {
        join({ node: before, port: output }, { node: made, port: input })
      }
      return made
    })
    if (id) draft.reveal([id])
    return id
  }

  /** Puts a node where a connection was dropped, at the connection's other end. */
  function addAtEnd(manifest: NodeManifest, end: End, side: 'source' | 'target', at: Point): string | null {
    const node = nodeOf(end.node)
    const type = node && manifestOf(node)?.[side === 'source' ? 'outputs' : 'inputs'][end.port]?.type
    const port = type ? fittingPort(manifest, type, side) : null
    if (port === null) return null
    const left = side === 'source' ? at.x : at.x - NODE_WIDTH_PX
    const id = change(() => {
      const made = create(manifest, { x: left, y: at.y - nodeHeight(manifest) / 2 })
      const other = { node: made, port }
      join(side === 'source' ? end : other, side === 'source' ? other : end)
      return made
    })
    if (id) draft.select([id])
    return id
  }

  /** Whether a node of this type could stand in the middle of a connection. */
  function fitsOn(edgeId: string, manifest: NodeManifest): boolean {
    const edge = draft.flow.value.edges.find(({ id }) => id === edgeId)
    return edge !== undefined && portsBetween(draft.flow.value, known.value, edge, manifest) !== null
  }

  /** Puts a node that is there, or a new one, into the middle of a connection. */
  function insert(
    edgeId: string,
    node: { id: string } | { manifest: NodeManifest; at: Point },
  ): string | null {
    const edge = draft.flow.value.edges.find(({ id }) => id === edgeId)
    const there = 'id' in node ? nodeOf(node.id) : undefined
    const manifest = 'manifest' in node ? node.manifest : there && manifestOf(there)
    const ports = edge && manifest && portsBetween(draft.flow.value, known.value, edge, manifest)
    if (!edge || !manifest || !ports) return null
    const id = change(() => {
      const made = 'id' in node ? node.id : create(manifest, node.at)
      removeItems(doc, { nodes: [], edges: [edgeId], notes: [], groups: [] }, origin)
      join(edge.source, { node: made, port: ports.input })
      join({ node: made, port: ports.output }, edge.target)
      return made
    })
    if (id) draft.select([id])
    return id
  }

  /** Null when it is drawn, else why not. */
  function wire({ source, target }: Wire): string | null {
    const answer = legal({ source, target })
    if (!answer.ok) return answer.reason
    change(() => join(source, target))
    return null
  }

  /** The selection, by what it consists of. */
  function chosen() {
    const { nodes, edges, notes, groups, subflows } = draft.flow.value
    const ids = (items: readonly { id: string }[]) =>
      items.map(({ id }) => id).filter((id) => draft.selection.value.has(id))
    return {
      nodes: ids(nodes),
      edges: ids(edges),
      notes: ids(notes),
      groups: ids(groups),
      subflows: ids(subflows),
    }
  }

  function remove(): number {
    const what = chosen()
    const count = Object.values(what).reduce((sum, ids) => sum + ids.length, 0)
    if (count === 0) return 0
    const gone = [...what.nodes, ...what.subflows]
    const heir = here().edges.find(({ target }) => target.node === gone[0])?.source.node
    change(() => removeItems(doc, what, origin))
    draft.select(heir !== undefined && !gone.includes(heir) ? [heir] : [])
    return count
  }

  const clip = () => clipOf(draft.flow.value, draft.selection.value)

  /** How much was pasted; null where the text is not a part of a flow. */
  function paste(text: string, at: Point): number | null {
    if (!readClip(text)) return null
    const pasted = change(() => pasteClip(doc, text, at, origin, level.value.inside))
    if (!pasted) return 0
    draft.reveal(pasted.outermost)
    return pasted.outermost.length
  }

  function duplicate(): number | null {
    const boxes = placed()
    if (boxes.length === 0) return 0
    const at = { x: Math.min(...boxes.map(({ x }) => x)), y: Math.min(...boxes.map(({ y }) => y)) }
    return paste(clip(), { x: at.x + 2 * GRID_PX, y: at.y + 2 * GRID_PX })
  }

  function move(moves: readonly Move[]) {
    if (moves.length > 0) change(() => moveNodes(doc, [...moves], origin))
  }

  /** Selected nodes, sub-flows and notes with their sizes. */
  function placed(): Placed[] {
    const { nodes, notes } = here()
    const isChosen = ({ id }: { id: string }) => draft.selection.value.has(id)
    return [
      ...nodes.filter(isChosen).map((node) => ({ id: node.id, ...boxOf(node, manifestOf(node)) })),
      ...notes.filter(isChosen).map((note) => ({ id: note.id, ...note.position, ...noteSize(note) })),
    ]
  }

  /** Switches the selected nodes off, or on again where all of them are off. */
  function toggle() {
    const { nodes: chosenNodes, subflows } = chosen()
    const ids = new Set([...chosenNodes, ...contentOf(draft.flow.value, subflows).nodes])
    const nodes = draft.flow.value.nodes.filter(({ id }) => ids.has(id))
    const disabled = nodes.some((node) => !node.disabled)
    change(() => nodes.forEach(({ id }) => setNode(doc, id, { disabled }, origin)))
  }

  const within = () => (level.value.inside === null ? {} : { subflow: level.value.inside })
  function note(at: Point): string | null {
    const id = change(() => addNote(doc, { text: '', position: snapped(at), ...within() }, origin))
    if (id) draft.select([id])
    return id
  }

  function group(): string | null {
    const { nodes } = chosen()
    if (nodes.length === 0) return null
    const number = draft.flow.value.groups.length + 1
    return change(() => addGroup(doc, { title: `Group ${number}`, nodes }, origin))
  }

  return {
    change,
    known,
    manifestOf,
    nodeOf,
    legal,
    add,
    addBehind,
    addAtEnd,
    fitsOn,
    insert,
    wire,
    chosen,
    remove,
    clip,
    paste,
    duplicate,
    move,
    placed,
    toggle,
    note,
    group,
    align: (how: Alignment) => move(aligned(placed(), how)),
    distribute: (axis: 'x' | 'y') => move(distributed(placed(), axis)),
  }
}
