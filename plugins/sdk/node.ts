import type { z } from 'zod'
import type { HttpReply, HttpRequest } from './http.ts'
import type { PortType, PortValue } from './ports.ts'
import type { Agent, ContentType, Usage } from './values.ts'
import type { NodeWaitKind, Resumed, Wait, WaitSpec } from './waits.ts'

/**
 * What a step does outside Pressroom: nothing; something that does no harm when it is done twice; or something that must
 * happen once, such as publishing or sending. Model calls don't count: finished ones are never repeated.
 */
export type Effect = 'none' | 'idempotent' | 'once'

export const CAPABILITIES = ['model', 'http', 'log', 'progress'] as const
export type Capability = (typeof CAPABILITIES)[number]

/** `each`: runs once per arriving item, results flow on at once. `all`: runs once, when its inputs are complete. */
export type NodeMode = 'each' | 'all'

/** A number that is known before any code runs: itself, or the value of a configuration field times a factor. */
export type KnownCount = number | { config: string; times?: number }

/**
 * Model calls that one step may make at most. `model` says through which configuration: `entry` the agent this step
 * runs for (see `per`), `item` the model that wrote the incoming item, `config` the node's field `model`, `agents`
 * every agent listed in the configuration field that `per` would name (for `all` nodes that address them all), `way`
 * all that the steps which the item came through may call, up to the last `all` node.
 */
export interface PlannedCalls {
  model: 'entry' | 'item' | 'config' | 'way' | { agents: string }
  max: KnownCount
}

export interface PlannedRuns {
  flow: string
  max: KnownCount
}

export interface InputPort {
  type: PortType
  title: string
  required?: boolean
}

/** `items`: how many items one step puts out at most (1 when left out). `conditional`: it may put out none. */
export interface OutputPort {
  type: PortType
  title: string
  items?: KnownCount
  conditional?: boolean
  /** It is there as long as the list of this configuration field has this entry, and named after it where that is a condition. */
  entry?: { list: string; index: number }
}

export interface ModelRequest<S extends z.ZodType | undefined> {
  /** Id of a model configuration; the organisation's default when left out. */
  model?: string
  system?: string
  prompt: string
  /** Ask for JSON of this shape. A reply that does not fit fails the step with the reply attached. */
  schema?: S
  /** What the call is for, in words that a person watching the run understands ("Review 2"). */
  purpose: string
}

export interface ModelReply<T> {
  text: string
  data: T
  model: string
  usage: Usage
}

/** All that node code can reach. Every call is journalled: a step that is run again gets finished calls' replies back. */
export interface Host {
  model: {
    generate<S extends z.ZodType>(request: ModelRequest<S> & { schema: S }): Promise<ModelReply<z.infer<S>>>
    generate(request: ModelRequest<undefined>): Promise<ModelReply<null>>
  }
  /** Requests to hosts that were granted. What the host refuses to do rejects; whatever a server answers resolves. */
  http: { request(request: HttpRequest): Promise<HttpReply> }
  log(message: string, facts?: Record<string, unknown>): void
  progress(message: string): void
  /** A number in [0, 1) drawn from the run's seed and the step's path: the same in every attempt and every rerun. */
  random(): number
}

/** The engine's answer to an agent choice: the agent with its prompt, and the model configuration it speaks through. */
export interface ResolvedAgent {
  agent: Agent
  model: string
}

export interface StepContext<C, I extends Record<string, InputPort>> {
  step: { id: string; nodeId: string; path: string }
  run: { id: string; seed: number; input: unknown }
  /** The configuration after templates were rendered. */
  config: C
  /** What arrived. `each` nodes: the one item under the port it came by. `all` nodes: use `gathered`. */
  inputs: { [P in keyof I]?: PortValue<I[P]['type']> }
  /** For `all` nodes: everything that arrived, by port, in the flow's stable order. */
  gathered: { [P in keyof I]: PortValue<I[P]['type']>[] }
  /** The agent that this step runs for, when the node says `per`. */
  entry: ResolvedAgent | null
  /** Agents of configuration fields that hold agent choices, by field name, in the field's order. */
  agents: Record<string, ResolvedAgent[]>
  contentType: ContentType | null
  /** What came of the last wait that this step returned; null where it has not waited yet. */
  resumed: Resumed | null
  /** What this step put out came back with notes: it works on that instead of beginning anew. Null where it did not. */
  rework: Rework | null
  host: Host
}

/** `content`: the one item that it put out, as people have left it. */
export interface Rework {
  content: z.infer<ReturnType<typeof z.json>>
  notes: string
}

export type Outputs<O extends Record<string, OutputPort>> = {
  [P in keyof O]?: PortValue<O[P]['type']> | Emitted<PortValue<O[P]['type']>>[]
}

/** An output item with the label that people see ("Creative writer"). */
export interface Emitted<T> {
  label: string
  value: T
}

export interface NodeExample<C, I extends Record<string, InputPort>> {
  title: string
  config: C
  /** One value per port for `each` nodes, a list per port for `all` nodes. */
  inputs: { [P in keyof I]?: unknown }
  runInput?: unknown
  entry?: ResolvedAgent
  agents?: Record<string, ResolvedAgent[]>
  contentType?: ContentType
  /** Replies that the model gives in this example, in order. */
  replies?: (string | Record<string, unknown>)[]
  /** What came of the wait before, for an example of how a step goes on. */
  resumed?: Resumed
  /** What came back to it with notes. */
  rework?: Rework
  /** The example waits for this (compared with `toMatchObject`) and puts nothing out yet. */
  waits?: WaitSpec
  /** What comes out, by port; each item is compared with `toMatchObject`. */
  outputs: Record<string, unknown[]>
}

export interface NodeDefinition<
  S extends z.ZodType = z.ZodType,
  I extends Record<string, InputPort> = Record<string, InputPort>,
  O extends Record<string, OutputPort> = Record<string, OutputPort>,
> {
  type: string
  version: number
  title: string
  summary: string
  category: 'input' | 'agents' | 'models' | 'flow' | 'output'
  icon: string
  mode: NodeMode
  /** Name of a configuration field holding a list: the node runs once per item *and* per entry of that list. */
  per?: string
  config: S
  inputs: I
  outputs: O
  uses: Capability[]
  calls?: PlannedCalls[]
  /** `none` when left out. */
  effect?: Effect
  /** An `each` node that puts out one item can do it over by notes (see `rework`). */
  takesNotes?: boolean
  /** Its steps run only with what people have approved, unless the flow says otherwise: for what publishes. */
  needsApproval?: boolean
  /** What its steps may wait for. */
  waits?: NodeWaitKind[]
  /** The flow that its steps run: the configuration field that names it, and how many runs one step starts at most. */
  runs?: PlannedRuns
  examples: NodeExample<z.input<S>, I>[]
  run(context: StepContext<z.output<S>, I>): Promise<Outputs<O> | Wait> | Outputs<O> | Wait
}

/** Declares a node. One file, one node, as the default export. */
export function defineNode<
  S extends z.ZodType,
  I extends Record<string, InputPort>,
  O extends Record<string, OutputPort>,
>(definition: NodeDefinition<S, I, O>): NodeDefinition<S, I, O> {
  return definition
}
