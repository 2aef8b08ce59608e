import type { Edge } from '@vue-flow/core'
import { type Flow, type NodeManifest, manifestKey } from '#graph'
import { MARK_SIGNS, type Marks } from './marks.ts'
import type { CanvasOverlay } from './overlay.ts'
import type { Recall } from './scene.ts'
import type { Mark } from './scene-nodes.ts'

type RunOverlay = Extract<CanvasOverlay, { kind: 'run' }>

export function edgesOf(
  flow: Flow,
  manifests: Record<string, NodeManifest>,
  titles: ReadonlyMap<string, string>,
  { marks, run, recall }: { marks: Marks | null; run: RunOverlay | null; recall: Recall },
): Edge[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]))
  const draw = (edge: Flow['edges'][number], mark: Mark | null) => {
    const { id, source, target } = edge
    const from = nodes.get(source.node)
    const type = from && manifests[manifestKey(from)]?.outputs[source.port]?.type
    const off = from?.disabled || nodes.get(target.node)?.disabled
    const looks = [`port-${type ?? 'any'}`, off ? 'off' : '', mark ? `mark-${mark}` : '']
    const seen = {
      class: looks.filter(Boolean).join(' '),
      animated: (run?.counts[target.node]?.running ?? 0) > 0,
      label: mark ? MARK_SIGNS[mark].sign : String(run?.items?.[id] ?? ''),
      ariaLabel: `Connection from ${titles.get(source.node)} to ${titles.get(target.node)}${mark ? `, ${mark}` : ''}`,
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
  return [
    ...flow.edges.map((edge) => draw(edge, marks?.edges.get(edge.id) ?? null)),
    ...(marks?.removed.edges ?? []).map((edge) => draw(edge, 'removed')),
  ]
}
