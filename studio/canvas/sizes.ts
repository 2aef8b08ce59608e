import type { Flow, FlowNode, NodeManifest } from '#graph'

/** Nodes are drawn at sizes that follow from their manifest, so that layout and alignment need no measuring. */
export const NODE_WIDTH_PX = 248
export const HEAD_HEIGHT_PX = 52
export const PORT_HEIGHT_PX = 26
const FOOT_PX = 10
export const GRID_PX = 20
/** Free space between a node and one that is put behind it. */
export const GAP_PX = 92

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

export function nodeHeight(manifest: NodeManifest | undefined): number {
  if (!manifest) return HEAD_HEIGHT_PX + FOOT_PX
  const rows = Math.max(Object.keys(manifest.inputs).length, Object.keys(manifest.outputs).length)
  return HEAD_HEIGHT_PX + rows * PORT_HEIGHT_PX + FOOT_PX
}

export const boxOf = (node: FlowNode, manifest: NodeManifest | undefined): Box => ({
  ...node.position,
  width: NODE_WIDTH_PX,
  height: nodeHeight(manifest),
})

const ANNOTATION_GAP_PX = 7
const ANNOTATION_LINE_PX = 18
const ANNOTATION_LINE_CHARACTERS = 38
const ANNOTATION_LINES = 3

/** A node with the annotation below it. */
export function spaceOf(node: FlowNode, manifest: NodeManifest | undefined): Box {
  const box = boxOf(node, manifest)
  if (!node.annotation) return box
  const lines = node.annotation
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / ANNOTATION_LINE_CHARACTERS)), 0)
  const below = ANNOTATION_GAP_PX + Math.min(lines, ANNOTATION_LINES) * ANNOTATION_LINE_PX
  return { ...box, height: box.height + below }
}

export function around(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  }
}

export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** The first place at or below `wanted` where a node covers no other. */
export function freePlace(
  flow: Flow,
  manifestOf: (node: FlowNode) => NodeManifest | undefined,
  wanted: { x: number; y: number },
  height: number,
): { x: number; y: number } {
  const taken = flow.nodes.map((node) => boxOf(node, manifestOf(node)))
  const place = { ...snapped(wanted) }
  for (let tries = 0; tries < 200; tries++) {
    const box = { ...place, width: NODE_WIDTH_PX, height }
    const hit = taken.find((other) => overlap(box, other))
    if (!hit) return place
    place.y = snapped({ x: 0, y: hit.y + hit.height + GRID_PX }).y
  }
  return place
}

export const snapped = ({ x, y }: { x: number; y: number }) => ({
  x: Math.round(x / GRID_PX) * GRID_PX,
  y: Math.round(y / GRID_PX) * GRID_PX,
})
