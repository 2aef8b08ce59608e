import type { FlowDiff } from '#graph'
import type { NodeCounts } from '../run/lanes.ts'
import type { NodeFacts } from '../trial/node-facts.ts'

/** What is drawn over the draft: how far a run is, or how two states of the flow differ. */
export type CanvasOverlay =
  | {
      kind: 'run'
      counts: Record<string, NodeCounts>
      /** A line under a node's title, such as "12 s · US$0.02". */
      facts?: Record<string, string>
      /** The same as figures, to be added up for a sub-flow. */
      spent?: Record<string, NodeFacts>
      /** How many items went along an edge, by edge id. */
      items?: Record<string, number>
    }
  | { kind: 'diff'; diff: FlowDiff }
