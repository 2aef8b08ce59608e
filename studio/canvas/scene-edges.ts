import type { Edge } from '@vue-flow/core'
import { type Flow, type NodeManifest, type Pins, manifestFor, portKey } from '#graph'
import { counted } from '../ui/format.ts'
import type { Level } from './subflow-level.ts'
import { MARK_SIGNS, type Marks } from './marks.ts'
import type { CanvasOverlay } from './overlay.ts'
import type { Recall } from './scene.ts'
import type { Mark } from './scene-nodes.ts'

type RunOverlay = Extract<CanvasOverlay, { kind: 'run' }>

/** Edges of a level; what they carry and how they are called is that of the nodes that they really connect. */
export function edgesOf(
  level: Level,
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  titles: ReadonlyMap<string, string>,
  { marks, run, recall, pins }: { marks: Marks | null; run: RunOverlay | null; recall: Recall; pins: Pins },
): Edge[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]))
  const real = new Map(flow.edges.map((edge) => [edge.id, edge]))
  const gone = new Set(marks?.removed.edges.map(({ id }) => id))
  const draw = (edge: Flow['edges'][number]) => {
    const { id, source, target } = edge
    const ends = real.get(id) ?? edge
    const mark: Mark | null = gone.has(id) ? 'removed' : (marks?.edges.get(id) ?? null)
    const [from, to] = [nodes.get(ends.source.node), nodes.get(ends.target.node)]
    const type = from && manifestFor(from, manifests)?.outputs[ends.source.port]?.type
    const off = from?.disabled || to?.disabled
    const pin = pins.get(portKey(ends.source))
    const looks = [`port-${type ?? 'any'}`, off ? 'off' : '', mark ? `mark-${mark}` : '', pin ? 'pinned' : '']
    const seen = {
      class: looks.filter(Boolean).join(' '),
      animated: (run?.counts[ends.target.node]?.running ?? 0) > 0,
      label: mark ? MARK_SIGNS[mark].sign : String(run?.items?.[id] ?? ''),
      ariaLabel: [
        `Connection from ${titles.get(ends.source.node)} to ${titles.get(ends.target.node)}`,
        ...(mark ? [mark] : []),
        ...(pin ? [`${counted(pin.length, 'item')} pinned`] : []),
      ].join(', '),
    }
    return recall(id, edge, JSON.stringify(seen), () => ({
      id,
      source: source.node,
      sourceHandle: source.port,
      target: target.node,
      targetHandle: target.port,
      ...seen,
      ...(mark === 'removed' ? { selectable: false, focusable: false } : {}),
    })) as Edge
  }
  return level.whole.edges.map(draw)
}
