import type { Box } from './sizes.ts'

export interface Placed extends Box {
  id: string
}
export interface Move {
  id: string
  x: number
  y: number
}

export const ALIGNMENTS = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const
export type Alignment = (typeof ALIGNMENTS)[number]

/** Where the boxes go so that they share an edge or an axis of the space that they take up together. */
export function aligned(boxes: readonly Placed[], how: Alignment): Move[] {
  const left = Math.min(...boxes.map(({ x }) => x))
  const right = Math.max(...boxes.map(({ x, width }) => x + width))
  const top = Math.min(...boxes.map(({ y }) => y))
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height))
  const place: Record<Alignment, (box: Placed) => { x?: number; y?: number }> = {
    left: () => ({ x: left }),
    centre: ({ width }) => ({ x: (left + right - width) / 2 }),
    right: ({ width }) => ({ x: right - width }),
    top: () => ({ y: top }),
    middle: ({ height }) => ({ y: (top + bottom - height) / 2 }),
    bottom: ({ height }) => ({ y: bottom - height }),
  }
  return boxes.map((box) => ({ id: box.id, x: box.x, y: box.y, ...place[how](box) })).filter(isMove(boxes))
}

/** Where the boxes go so that the gaps between them are equal; the outermost two stay. */
export function distributed(boxes: readonly Placed[], axis: 'x' | 'y'): Move[] {
  const size = axis === 'x' ? 'width' : 'height'
  const sorted = boxes.toSorted((a, b) => a[axis] - b[axis])
  const first = sorted[0]
  const last = sorted.at(-1)
  if (!first || !last || sorted.length < 3) return []
  const taken = sorted.reduce((sum, box) => sum + box[size], 0)
  const gap = (last[axis] + last[size] - first[axis] - taken) / (sorted.length - 1)
  let at = first[axis]
  return sorted
    .map((box) => {
      const move = { id: box.id, x: box.x, y: box.y, [axis]: at }
      at += box[size] + gap
      return move
    })
    .filter(isMove(boxes))
}

function isMove(boxes: readonly Placed[]) {
  const before = new Map(boxes.map((box) => [box.id, box]))
  return ({ id, x, y }: Move) => before.get(id)?.x !== x || before.get(id)?.y !== y
}

export interface Guides {
  /** Coordinates of the lines to draw. */
  vertical: number | null
  horizontal: number | null
  /** Where the box belongs so that it lies on them. */
  x: number
  y: number
}

/** Lines of other boxes (edges and axes) that a moved box is within `reach` of. */
export function guidesOf(moved: Box, others: readonly Box[], reach: number): Guides {
  const x = nearest(
    lines(moved.x, moved.width),
    others.flatMap((box) => lines(box.x, box.width)),
    reach,
  )
  const y = nearest(
    lines(moved.y, moved.height),
    others.flatMap((box) => lines(box.y, box.height)),
    reach,
  )
  return {
    vertical: x?.line ?? null,
    horizontal: y?.line ?? null,
    x: moved.x + (x?.by ?? 0),
    y: moved.y + (y?.by ?? 0),
  }
}

const lines = (start: number, length: number) => [start, start + length / 2, start + length]

function nearest(own: readonly number[], others: readonly number[], reach: number) {
  let best: { line: number; by: number } | null = null
  for (const line of others) {
    for (const at of own) {
      const by = line - at
      if (Math.abs(by) <= reach && (!best || Math.abs(by) < Math.abs(best.by))) best = { line, by }
    }
  }
  return best
}
