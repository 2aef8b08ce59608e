import type { Node } from '@vue-flow/core'
import { type Finding, type FlowNode, type NodeManifest, type Pins, portOfKey } from '#graph'
import { counted } from '../ui/format.ts'
import { summed } from '../flow/drawing.ts'
import { NO_COUNTS } from '../run/lanes.ts'
import { factLines } from '../trial/node-facts.ts'
import type { Marks } from './marks.ts'
import { spokenName } from './names.ts'
import type { CanvasOverlay } from './overlay.ts'
import { type Around, type StepData, stepNode } from './scene-nodes.ts'
import type { Border } from './subflow-ends.ts'

export interface BorderData {
  title: string
  side: Border['side']
}

/** What a sub-flow shows of its inside: problems, states, counts, time and cost added up, and whether anything differs. */
export function summary(
  inner: ReadonlySet<string>,
  {
    titles,
    problems,
    run,
    marks,
    pins,
  }: {
    titles: ReadonlyMap<string, string>
    problems: ReadonlyMap<string, readonly Finding[]>
    run: Extract<CanvasOverlay, { kind: 'run' }> | null
    marks: Marks | null
    pins: Pins
  },
): Pick<Around, 'problems' | 'counts' | 'fact' | 'mark' | 'pinned'> {
  const ids = [...inner]
  const counts = summed(run?.counts ?? {}, new Map([['all', inner]]))['all'] ?? NO_COUNTS
  const spent = { durationMs: 0, calls: 0, costMicros: 0 }
  for (const id of ids) {
    const facts = run?.spent?.[id]
    if (facts) for (const key of Object.keys(spent) as (keyof typeof spent)[]) spent[key] += facts[key]
  }
  const differs = ids.some((id) => marks?.nodes.has(id) || marks?.notes.has(id) || marks?.subflows.has(id))
  const lost = [...(marks?.removed.nodes ?? []), ...(marks?.removed.subflows ?? [])].some(({ id }) =>
    inner.has(id),
  )
  return {
    problems: ids.flatMap((id) =>
      (problems.get(id) ?? []).map(({ message }) => `${titles.get(id) ?? id}: ${message}`),
    ),
    counts: run ? counts : null,
    pinned: Object.fromEntries(
      [...pins].flatMap(([key, items]) => (inner.has(portOfKey(key).node) ? [[key, items.length]] : [])),
    ),
    fact: spent.durationMs > 0 ? (factLines({ all: spent })['all'] ?? null) : null,
    mark: differs || lost ? 'changed' : null,
  }
}

export function subflowNode(
  node: FlowNode,
  manifest: NodeManifest | undefined,
  steps: number,
  around: Around,
): Node<StepData> {
  const drawn = stepNode(node, manifest, new Map(), around)
  const lines = counted(steps, 'step')
  const title = node.title || 'Sub-flow'
  return {
    ...drawn,
    type: 'subflow',
    data: { ...(drawn.data as StepData), title, lines },
    ariaLabel: spokenName(`${title}, sub-flow of ${lines}`, around.followers, around.problems.length, false),
  }
}

/** Follows the flow, not the hand: it is where its neighbours are. */
export const borderNode = (node: FlowNode, { side }: Border): Node<BorderData> => ({
  id: node.id,
  type: 'border',
  position: node.position,
  data: { title: node.title ?? '', side },
  draggable: false,
  connectable: false,
  ariaLabel: `${side === 'from' ? 'From' : 'To'} ${node.title}, outside this sub-flow; Enter goes there`,
})
