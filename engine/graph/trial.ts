/**
 * Job: trying part of a flow. Which nodes run, which are given what they would have put out, and what is missing.
 * Boundary: pure; the canvas asks it before a run, the server for it, the executor keeps to its answer.
 *
 * T1 A node runs when it is wanted, is not given, and something that runs (or nothing at all) follows it.
 * T2 A node is given when all of its outputs that lead anywhere are; the one that a trial starts at never is.
 * T3 Everything that arrives at a node that runs comes from a node that runs or is given; else it is missing.
 */
import { z } from 'zod'
import { activeFlow, topologicalOrder } from './compile.ts'
import type { Flow, FlowEdge } from './flow.ts'

export const MAX_GIVEN_ITEMS = 500

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'may not hold control characters')

export const trialScopeSchema = z.union([
  z.literal('flow'),
  z.strictObject({ node: name, and: z.enum(['alone', 'following']) }),
])
export type TrialScope = z.infer<typeof trialScopeSchema>

/** `path` says where an item of an earlier run came from, so that what works on it keeps its name. */
export const givenItemSchema = z.strictObject({
  label: z.string().max(200),
  value: z.json(),
  path: z
    .string()
    .min(1)
    .max(400)
    .regex(/^[\w.@#/:~-]+$/, 'no path of an item')
    .optional(),
})
export type GivenItem = z.infer<typeof givenItemSchema>

/** What a port is taken to have put out: these items, or those of an earlier run. */
export const givenSchema = z.union([
  z.strictObject({ node: name, port: name, items: z.array(givenItemSchema).max(MAX_GIVEN_ITEMS) }),
  z.strictObject({ node: name, port: name, fromRun: name }),
])
export type Given = z.infer<typeof givenSchema>

export const trialSchema = z.strictObject({ scope: trialScopeSchema, given: z.array(givenSchema).max(500) })
export type Trial = z.infer<typeof trialSchema>

/** What a run that was a trial says of itself. `items`: how many were given. */
export const trialFactsSchema = z.object({
  scope: trialScopeSchema,
  /** Ids of the nodes that run. */
  nodes: z.array(z.string()),
  given: z.array(
    z.object({ node: z.string(), port: z.string(), items: z.number(), fromRun: z.string().nullable() }),
  ),
})
export type TrialFacts = z.infer<typeof trialFactsSchema>

export interface PortRef {
  node: string
  port: string
}

export const portKey = ({ node, port }: PortRef): string => `${node}.${port}`

export function portOfKey(key: string): PortRef {
  const dot = key.indexOf('.')
  return { node: key.slice(0, dot), port: key.slice(dot + 1) }
}

export interface TrialPart {
  runs: ReadonlySet<string>
  /** The given ports that are made use of. */
  given: PortRef[]
  /** T3. `at`: the node that waits for it. */
  missing: (PortRef & { at: string })[]
  /** Given ports of nodes that run all the same. */
  unused: PortRef[]
}

export function trialPart(document: Flow, scope: TrialScope, given: readonly PortRef[]): TrialPart {
  const flow = activeFlow(document)
  const has = new Set(given.map(portKey))
  const start = scope === 'flow' ? null : scope.node
  const outgoing = bySource(flow)
  const runs = running(
    flow,
    outgoing,
    wanted(flow, outgoing, scope),
    (id) => {
      const used = outgoing.get(id) ?? []
      return id !== start && used.length > 0 && used.every(({ source }) => has.has(portKey(source)))
    },
    start,
  )
  const taken = new Map<string, PortRef>()
  const missing = new Map<string, PortRef & { at: string }>()
  for (const { source, target } of flow.edges) {
    if (!runs.has(target.node) || runs.has(source.node)) continue
    const key = portKey(source)
    if (has.has(key)) taken.set(key, source)
    else if (!missing.has(key)) missing.set(key, { ...source, at: target.node })
  }
  return {
    runs,
    given: [...taken.values()],
    missing: [...missing.values()],
    unused: given.filter(({ node }) => node !== start && runs.has(node)),
  }
}

type Outgoing = ReadonlyMap<string, FlowEdge[]>

function bySource({ edges }: Flow): Outgoing {
  const outgoing = new Map<string, FlowEdge[]>()
  for (const edge of edges) outgoing.set(edge.source.node, [...(outgoing.get(edge.source.node) ?? []), edge])
  return outgoing
}

function wanted(flow: Flow, outgoing: Outgoing, scope: TrialScope): ReadonlySet<string> {
  if (scope === 'flow') return new Set(flow.nodes.map(({ id }) => id))
  return reachedFrom(flow, scope.and === 'alone' ? new Map() : outgoing, scope.node)
}

/** The node and all that it leads to. */
export function andFollowing(document: Flow, node: string): ReadonlySet<string> {
  const flow = activeFlow(document)
  return reachedFrom(flow, bySource(flow), node)
}

function reachedFrom({ nodes }: Flow, outgoing: Outgoing, node: string): ReadonlySet<string> {
  const reached = new Set(nodes.filter(({ id }) => id === node).map(({ id }) => id))
  for (const id of reached) for (const { target } of outgoing.get(id) ?? []) reached.add(target.node)
  return reached
}

/** T1, from the end: whether a node is needed follows from what comes behind it. */
function running(
  flow: Flow,
  outgoing: Outgoing,
  wantedNodes: ReadonlySet<string>,
  isGiven: (id: string) => boolean,
  start: string | null,
): ReadonlySet<string> {
  const { order, rest } = topologicalOrder(flow)
  const runs = new Set(rest.filter((id) => wantedNodes.has(id)))
  for (const id of order.toReversed()) {
    if (!wantedNodes.has(id) || isGiven(id)) continue
    const followers = outgoing.get(id) ?? []
    const needed = followers.length === 0 || followers.some(({ target }) => runs.has(target.node))
    if (id === start || needed) runs.add(id)
  }
  return runs
}

/** The flow with nothing left on but what runs and what is given; nodes keep their places in the document. */
export function trialFlow(flow: Flow, { nodes, given }: Pick<TrialFacts, 'nodes' | 'given'>): Flow {
  const runs = new Set(nodes)
  const ports = new Set(given.map(portKey))
  const sources = new Set(given.map(({ node }) => node))
  return {
    ...flow,
    nodes: flow.nodes.map((node) =>
      runs.has(node.id) || sources.has(node.id) ? node : { ...node, disabled: true },
    ),
    edges: flow.edges.filter(
      ({ source, target }) => runs.has(target.node) && (runs.has(source.node) || ports.has(portKey(source))),
    ),
  }
}

/** The flow that a run works through. */
export const flowToRun = ({ flow, trial }: { flow: Flow; trial?: TrialFacts | null }): Flow =>
  trial ? trialFlow(flow, trial) : flow
