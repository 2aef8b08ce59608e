import { EMPTY_RUN_VIEW, type Flow, type RunView, type StepView } from '#graph'
import { cost, counted, duration } from '../ui/format.ts'

/** What a node's steps took so far. `durationMs`: from the start of its first step to the end of its last one. */
export interface NodeFacts {
  durationMs: number
  calls: number
  costMicros: number
}

export function nodeFacts(view: RunView, now: number): Record<string, NodeFacts> {
  const spans = new Map<string, { from: number; to: number; calls: number; costMicros: number }>()
  for (const step of Object.values(view.steps)) {
    const span = spans.get(step.nodeId) ?? { from: Infinity, to: -Infinity, calls: 0, costMicros: 0 }
    const start = firstStart(step)
    if (start !== null) {
      span.from = Math.min(span.from, start)
      span.to = Math.max(span.to, step.finishedAt ? Date.parse(step.finishedAt) : now)
    }
    for (const { usage } of step.calls) {
      span.calls += usage.calls
      span.costMicros += usage.costMicros
    }
    spans.set(step.nodeId, span)
  }
  return Object.fromEntries(
    [...spans].map(([nodeId, { from, to, calls, costMicros }]) => [
      nodeId,
      { durationMs: Math.max(0, to - from) || 0, calls, costMicros },
    ]),
  )
}

/** A step that was tried more than once began when its first attempt did. */
function firstStart({ failures, startedAt }: StepView): number | null {
  const first = failures[0]
  if (first) return Date.parse(first.at) - first.durationMs
  return startedAt ? Date.parse(startedAt) : null
}

const lineOf = ({ durationMs, calls, costMicros }: NodeFacts): string =>
  calls > 0 ? `${duration(durationMs)} · ${cost(costMicros)}` : duration(durationMs)

/** What is written below a node's title. */
export const factLines = (facts: Record<string, NodeFacts>): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).map(([nodeId, fact]) => [nodeId, lineOf(fact)]))

/** What the step took that put an item out; null where it was given or is not over. */
export function itemLine(step: StepView | undefined): string | null {
  if (!step?.finishedAt || step.given) return null
  const facts = nodeFacts({ ...EMPTY_RUN_VIEW, steps: { [step.id]: step } }, Date.parse(step.finishedAt))
  const own = facts[step.nodeId]
  return own ? lineOf(own) : null
}

/** What is written below the titles of nodes that did not run because their outputs were given. */
export const givenNodes = (view: RunView): Record<string, string> =>
  Object.fromEntries(
    Object.values(view.steps)
      .filter(({ given }) => given)
      .map(({ nodeId, outputs }) => [nodeId, `${counted(outputs.length, 'item')} given`]),
  )

/** How many items went into each edge, by edge id. */
export function edgeItems(view: RunView, flow: Flow): Record<string, number> {
  const put: Record<string, number> = {}
  for (const { nodeId, outputs } of Object.values(view.steps)) {
    for (const { port } of outputs) put[`${nodeId} ${port}`] = (put[`${nodeId} ${port}`] ?? 0) + 1
  }
  return Object.fromEntries(
    flow.edges.map(({ id, source }) => [id, put[`${source.node} ${source.port}`] ?? 0]),
  )
}

export interface FailedStep {
  stepId: string
  nodeId: string
  label: string
  message: string
  fix: string
  /** The field of the node's configuration that it is about. */
  path: string | null
}

const pathOf = ({ path }: Record<string, unknown>): string | null => (typeof path === 'string' ? path : null)

export const failedSteps = (view: RunView): FailedStep[] =>
  Object.values(view.steps).flatMap(({ id, nodeId, label, state, failures }) => {
    const failure = failures.at(-1)?.failure
    return state === 'failed' && failure
      ? [
          {
            stepId: id,
            nodeId,
            label,
            message: failure.message,
            fix: failure.fix,
            path: pathOf(failure.facts),
          },
        ]
      : []
  })

/** Where the items to look at come from: all of a node's, or those of the port that an edge starts at. */
export interface ItemSource {
  nodeId: string
  port?: string
}

/** The source that a selection on the canvas means; null when it is not one node or one edge. */
export function itemSource(selection: ReadonlySet<string>, flow: Flow): ItemSource | null {
  const [id, ...others] = selection
  if (id === undefined || others.length > 0) return null
  if (flow.nodes.some((node) => node.id === id)) return { nodeId: id }
  const edge = flow.edges.find((one) => one.id === id)
  return edge ? { nodeId: edge.source.node, port: edge.source.port } : null
}
