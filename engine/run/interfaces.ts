/**
 * The executor's outside world. Everything that touches a database, a queue, a clock, a sandbox or a network stands
 * behind one of these interfaces; only `engine/main.ts` chooses the implementations. One long file, so that all that
 * the executor can be given stands in one place; what only API and command line use stands in `interfaces/`.
 */
import type { RunParent } from './children/interfaces.ts'
import type { Callback, WaitAnswer, WaitRecord } from './interfaces/waits.ts'
import type {
  Agent,
  Catalog,
  ContentType,
  Due,
  Failure,
  Flow,
  Grants,
  HttpCall,
  HttpReply,
  NodeManifest,
  Plan,
  PortType,
  ReplayFacts,
  Resumed,
  Rework,
  RunEventBody,
  RunInput,
  RunStatus,
  StepStatus,
  StreamChunk,
  TrialFacts,
  Usage,
  WaitSpec,
} from '#graph'

export type { At } from './points.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/* ------------------------------------------------------------------ runs and steps */

/** What a run was started with. Never changes, so workers may cache it. */
export interface RunSnapshot {
  id: string
  organisationId: string
  flow: Flow
  /** Manifests of every node type that the flow uses, by `type@version`. */
  manifests: Record<string, NodeManifest>
  catalog: Catalog
  input: RunInput
  seed: number
  plan: Plan
  /** What part of the flow is tried; null for all of it. */
  trial: TrialFacts | null
  /** Which run it was made of, taking over what was finished there; null for a run of its own. */
  replay: ReplayFacts | null
  /** The step of another run that started it; null for one that no step did. */
  parent: RunParent | null
  /** Items as nodes get them; what was put out stays what it was. */
  edits: ItemEdit[]
}

/** An item that a person changed on its way into a node. `path` is the item's. */
export interface ItemEdit {
  node: string
  path: string
  value: Json
}

/** Counts per node that decide what becomes ready next. Kept in the run's row, changed only under its lock. */
export interface NodeProgress {
  /** Steps that are not in a terminal state yet. */
  open: number
  succeeded: number
  failed: number
  /** For `all` nodes: its steps were made. */
  started: boolean
  /** No further step of this node can appear, and none is open. */
  closed: boolean
}

export interface RunProgress {
  nodes: Record<string, NodeProgress>
  /** Items put out so far, by `node.port`. */
  items: Record<string, number>
  /** Steps in state `ready`. */
  ready: number
  /** Steps in state `waiting`. */
  waiting: number
  /** Model slots held by running steps of this run. */
  slots: { local: number; external: number }
  /** Why the run is being ended before its time, where no person said so. */
  stop: Failure | null
  /** A deliverable without a winner was put out. */
  withoutWinner: boolean
  /** Whether a node that nothing follows has put anything out. */
  delivered: boolean
  firstFailure: Failure | null
  usage: Usage
}

export interface StepAttempt {
  attempt: number
  status: StepStatus
  startedAt: string
  finishedAt: string
  failure: Failure | null
  worker: string
}

/** One (run, node, item path). `id` is derived from these three; `attempt` counts claims (R2). */
export interface StepRecord {
  id: string
  runId: string
  organisationId: string
  nodeId: string
  path: string
  /** Position in the flow's stable order: compared element by element. */
  ordinal: number[]
  label: string
  status: StepStatus
  attempt: number
  /** The output that this step consumes; null for `all` nodes. */
  inputId: string | null
  inputPort: string | null
  /** Index into the list named by the manifest's `per`; null without one. */
  entry: number | null
  /** What it takes a place of while it runs, such as `calls` and `model:ID` (see `limits/slots.ts`). */
  holds: string[]
  needsLocal: boolean
  needsExternal: boolean
  leaseOwner: string | null
  startedAt: string | null
  attempts: StepAttempt[]
  /** The attempt whose wait is over and which the next attempt carries on; null where it never waited. */
  resumedFrom: number | null
}

/** An item that a step put out. `id` is `<stepId>.<index>`. */
export interface OutputRecord {
  id: string
  stepId: string
  nodeId: string
  port: string
  portType: PortType
  path: string
  ordinal: number[]
  label: string
  value: Json
}

export interface LockedRun {
  id: string
  organisationId: string
  status: RunStatus
  cancelRequested: boolean
  progress: RunProgress
  /** Number of the last event. */
  seq: number
  /** The steps that the transition named, as they stand under the lock. */
  steps: Map<string, StepRecord>
  /** Ready steps in stable order, at most `wantReady` of them, whose `notBefore` has passed. */
  ready: StepRecord[]
  /** Waiting steps, where the transition wants them. */
  waiting: StepRecord[]
  /** Ids of ready and waiting steps whose time has not come yet by the database's clock. */
  delayed: ReadonlySet<string>
  /** How what is limited in the organisation stands for this run; null where nothing is, or it was not asked for. */
  shares: ReadonlyMap<string, SlotShare> | null
}

/** A limited resource: places free, other runs that wait for one (in all, and before this run), places taken since. */
export interface SlotShare {
  free: number
  ahead: number
  others: number
  taken?: number
}

export interface CallRecord {
  id: string
  stepId: string
  /** Hash of the request and the number of its occurrence in the step: finds the reply again when a step is rerun. */
  key: string
  purpose: string
  /** Model configuration id. */
  model: string
  provider: string
  request: Json
  text: string
  data: Json
  usage: Usage
  durationMs: number
}

/** How long a step belongs to the worker that takes it, from the database's clock, unless a transition says otherwise. */
export const LEASE_SECONDS = 10

/** What one transition writes, all of it or nothing (R3). */
export interface RunWrites {
  progress?: RunProgress
  status?: RunStatus
  failure?: Failure | null
  cancelRequested?: boolean
  newSteps?: (StepRecord & { notBefore?: string })[]
  /** Changed steps by id. `leaseSeconds` renews the lease from the database's clock. */
  stepChanges?: {
    id: string
    status: StepStatus
    attempt: number
    leaseOwner: string | null
    leaseSeconds?: number
    /** Milliseconds from the database's now until it may be claimed again. */
    delayMs?: number
    /** For a step that waits: when it goes on without an answer; null for never. */
    due?: Due | null
    resumedFrom?: number
    failure?: Failure | null
    finishedAttempt?: Omit<StepAttempt, 'startedAt' | 'finishedAt'>
  }[]
  outputs?: OutputRecord[]
  calls?: CallRecord[]
  waits?: WaitRecord[]
  answers?: WaitAnswer[]
  /** Numbered by the store from `seq + 1` without gaps (R5). */
  events?: RunEventBody[]
}

/**
 * One change of one run. `apply` is pure and synchronous; it gets the run as it stands under its lock and says what
 * to write, or null to write nothing. The store may run many transitions in one commit (group commit).
 */
export interface Transition {
  organisationId: string
  runId: string
  stepIds: string[]
  wantReady: number
  /** Ready steps whose time has not come yet are wanted as well. */
  delayedToo?: boolean
  /** All waiting steps are wanted. */
  waitingToo?: boolean
  /** It may take steps that hold places of the organisation. */
  takesSlots?: boolean
  apply(run: LockedRun): RunWrites | null
}

export { CALL_SLOT, modelSlot, slotModel } from './limits/slots.ts'
export type * from './interfaces/waits.ts'
export type * from './interfaces/approvals.ts'
export type * from './children/interfaces.ts'

export interface StepRef {
  organisationId: string
  runId: string
  stepId: string
  attempt: number
}

/** What a run is made with that is not its work. */
export interface RunOrigin {
  flowVersionId: string | null
  /** The flow whose draft is run, where there is no version. */
  flowId: string | null
  startedBy: string | null
  request: StartRequest | null
}

/** A request to start a run, under the key of who sends it: sent again, it starts nothing again. */
export interface StartRequest {
  key: string
  /** Of all that was asked for. */
  hash: string
}

/** A run that another one may take over from. */
export interface EarlierRun extends Pick<RunOrigin, 'flowId' | 'flowVersionId'> {
  snapshot: RunSnapshot
  status: RunStatus
  steps: Pick<StepRecord, 'id' | 'nodeId' | 'path' | 'label' | 'status'>[]
  /** Of each step in the order in which it put them out. */
  outputs: OutputRecord[]
}

export type RunRef = Pick<StepRef, 'organisationId' | 'runId'>

/** A finished call of a step, and what decides whether another one may be made. */
export interface FoundCall {
  call: CallRecord | null
  paused: boolean
  /** By all calls of its run. */
  used: Usage
  /** What its organisation may use in a month (null: no bound) and has used in this one; null without a budget. */
  month: { allowed: Allowance; used: MonthUse } | null
}

type MonthUse = Record<'calls' | 'tokens' | 'costMicros', number>
type Allowance = { [measure in keyof MonthUse]: number | null }

/** Where a model call belongs. */
export type CallPlace = Pick<StepRef, 'organisationId' | 'runId' | 'stepId'>

/** The executor's store. Implemented on Postgres in `engine/store`, where R1, R3 and R5 are kept. */
export interface RunStore {
  /** Answers with the run's id, or with that of the one which the same request has started before. */
  createRun(snapshot: RunSnapshot, first: RunWrites, origin: RunOrigin): Promise<string>
  /** The run that this request has started; null where there is none. Rejects with `conflict.idempotency_key`. */
  startedBefore(organisationId: string, request: StartRequest): Promise<string | null>
  /** Forgets keys of requests whose time is over, in every organisation, and says how many; at most `limit`. */
  forgetRequests(limit: number): Promise<number>
  /** Rejects with `not_found.run`. */
  earlier(organisationId: string, runId: string): Promise<EarlierRun>
  snapshot(organisationId: string, runId: string): Promise<RunSnapshot>
  /** Runs every transition under its run's lock and commits them together. A throwing `apply` fails only itself. */
  transact(batch: Transition[]): Promise<PromiseSettledResult<void>[]>
  output(organisationId: string, outputId: string): Promise<OutputRecord>
  /** All outputs of these ports in the run's stable order. */
  gather(
    organisationId: string,
    runId: string,
    sources: { nodeId: string; port: string }[],
  ): Promise<OutputRecord[]>
  /** The steps that an item came through, the last first, each with all that it put out; up to the last `all` step. */
  way(organisationId: string, outputId: string): Promise<{ step: StepRecord; outputs: OutputRecord[] }[]>
  /** What people have approved in a run and in those that it takes over from. */
  approved(organisationId: string, runId: string): Promise<Json[]>
  findCall(at: CallPlace, key: string): Promise<FoundCall>
  /** What came of the wait that an attempt of a step began. */
  resumed(organisationId: string, stepId: string, attempt: number): Promise<Resumed>
  /** Renews the leases of these steps, as far as this worker still holds them. */
  heartbeat(worker: string, stepIds: string[], leaseSeconds: number): Promise<void>
  /** Running steps whose lease has run out, in every organisation. */
  lostLeases(limit: number): Promise<StepRef[]>
  /** Ready steps that nobody took for a while, in every organisation. */
  forgottenSteps(olderThanMs: number, limit: number): Promise<StepRef[]>
  /** A step each of the runs whose turn it is to take a place of one of these resources, this run's not. */
  waitingForSlots(run: RunRef, resources: string[], limit: number): Promise<StepRef[]>
  /** Where the wait is that a callback's token belongs to; null where there is none. */
  callback(tokenHash: string): Promise<Callback | null>
  /** Waiting steps whose time has come by the database's clock, in every organisation; those of paused runs not. */
  dueWaits(limit: number): Promise<StepRef[]>
  /** Runs that are not over though their flow allows them no more time, in every organisation. */
  overdueRuns(limit: number): Promise<RunRef[]>
  /** Runs whose cancellation was asked for and which have not ended. */
  cancelledRuns(runIds: string[]): Promise<string[]>
  appendStream(organisationId: string, runId: string, chunk: StreamChunk): Promise<void>
}

/** Deletes what organisations have said they do not keep any longer. */
export interface Retention {
  /** Batch after batch, as long as it may go on. How many runs went, and of how many the log. */
  sweep(mayGoOn: () => boolean): Promise<{ runs: number; logs: number }>
}

/* ------------------------------------------------------------------ queue */

/** A hint to look at a step (R1). Losing one loses nothing; a doubled one does nothing. */
export interface Hint extends StepRef {
  delayMs?: number
}

export interface Queue {
  /** Adds hints; one for a step and attempt that a waiting hint is for already is dropped (of each: now, later). */
  add(hints: Hint[]): Promise<void>
  /** Starts consuming with this many hints at a time. A handler that throws loses only its hint. */
  consume(concurrency: number, handler: (hint: Hint) => Promise<void>): Promise<void>
  /** Stops consuming; handlers in flight go on, and hints may still be added. */
  pause(): Promise<void>
  /** Stops consuming, waits for handlers in flight, closes connections. */
  close(): Promise<void>
}

/* ------------------------------------------------------------------ clock */

export interface Clock {
  now(): number
  /** Calls back once after `ms`; returns a cancel function. */
  after(ms: number, callback: () => void): () => void
}

/* ------------------------------------------------------------------ sandbox */

export interface ResolvedAgentInput {
  agent: Agent
  model: string
}

/** All that crosses into the isolate for one step. */
export interface SandboxStep {
  organisationId: string
  runId: string
  /** `type@version` of the node. */
  node: string
  /** Id of the plugin that brings it; left out, one that the sandbox was started with. */
  plugin?: string
  step: { id: string; nodeId: string; path: string }
  seed: number
  runInput: Json
  config: Json
  inputs: Record<string, Json>
  gathered: Record<string, Json[]>
  entry: ResolvedAgentInput | null
  agents: Record<string, ResolvedAgentInput[]>
  contentType: ContentType | null
  resumed?: Resumed
  /** What its plugin was granted; left out, what its node declares, all but the network. */
  grants?: Grants
  rework?: Rework
}

export interface SandboxOutput {
  port: string
  label: string
  value: Json
}

/** A model request as node code makes it. `schema` is JSON Schema. */
export interface ModelCall {
  model?: string
  system?: string
  prompt: string
  purpose: string
  schema?: { [key: string]: Json }
  /** How many equal requests this step made before this one. */
  occurrence: number
}

export interface ModelCallReply {
  text: string
  data: Json
  model: string
  usage: Usage
}

/** The host's side of a step's capabilities. Errors are returned as data, never thrown through the bridge. */
export interface HostPort {
  generate(call: ModelCall): Promise<{ ok: true; reply: ModelCallReply } | { ok: false; failure: Failure }>
  /** Left out where a step has no network. `hosts`: where it may go, redirects included. */
  request?(
    call: HttpCall,
    hosts: string[],
  ): Promise<{ ok: true; reply: HttpReply } | { ok: false; failure: Failure }>
  log(message: string, facts: Json): void
  progress(message: string): void
}

/** `wait`: the step put nothing out and waits instead. `spent`: where the sandbox was told to measure. */
export type SandboxResult = (
  | { ok: true; outputs: SandboxOutput[]; wait?: WaitSpec }
  | { ok: false; failure: Failure }
) & { spent?: { wallMs: number; cpuMs: number; peakBytes: number } }

/** Runs node code in isolates of separate processes. Implemented in `plugins/runtime`. */
export interface Sandbox {
  /** Manifests of all nodes it can run. */
  manifests(): NodeManifest[]
  /** Never rejects for what node code does: a crash, a timeout or a thrown error is a failure result. */
  run(step: SandboxStep, host: HostPort, signal: AbortSignal): Promise<SandboxResult>
  /** The run has ended: nothing needs to be kept for further steps of it. */
  forget(organisationId: string, runId: string): void
  close(): Promise<void>
}

/* ------------------------------------------------------------------ gateway and models */

/** Whose call it is and where it belongs; every outward call carries this. */
export interface CallContext {
  organisationId: string
  runId: string
  step: StepRef & { nodeId: string; path: string; label: string }
  seed: number
  catalog: Catalog
  /** Upper bound of calls that the plan gave this step. */
  maxCalls: number
  /** Attempts of this step that failed by themselves; workers that were lost do not count. */
  failedAttempts: number
  signal: AbortSignal
}

/** The one door out. */
export interface Gateway {
  generate(call: ModelCall, context: CallContext): Promise<ModelCallReply>
}

/** What a gateway needs to make finished calls durable and watchable; given by the executor. */
export interface CallJournal {
  /** Null where the call has to be made; rejects with `run.paused` where it may not be made now. */
  find(context: CallContext, key: string): Promise<CallRecord | null>
  /** Durable when it resolves; rejects when the step's lease was lost. */
  record(context: CallContext, call: CallRecord): Promise<void>
  /** Text as it is being written; coalesced and not durable. */
  stream(context: CallContext, chunk: StreamChunk): void
}

export interface ProviderRequest {
  model: string
  system: string
  prompt: string
  schema?: { [key: string]: Json }
  temperature: number
  maxOutputTokens: number
  seed: number
  signal: AbortSignal
  onText(text: string): void
}

export interface ProviderReply {
  text: string
  inputTokens: number
  outputTokens: number
}

export interface ProviderModel {
  /** Name as the provider knows it ("llama3.2:3b"). */
  name: string
  sizeBytes: number | null
}

export interface PullProgress {
  status: string
  completedBytes: number
  totalBytes: number
}

/** A way to reach models. Errors are `PressroomError`s with a `model.*` code that says whether a retry may help. */
export interface ModelProvider {
  name: string
  local: boolean
  /** Where it is, for those that are reached over a network. */
  url?: string
  list(signal?: AbortSignal): Promise<ProviderModel[]>
  generate(request: ProviderRequest): Promise<ProviderReply>
  pull?(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>
}

export type { RunEventBody, StreamChunk }

/* ------------------------------------------------------------------ reading and editing (API and command line) */

export type * from './interfaces/http.ts'
export type * from './interfaces/plugins.ts'
export type * from './interfaces/connections.ts'
export type * from './interfaces/flows.ts'

export interface CatalogStore {
  /** As saved: configurations of provider `auto` are not resolved to a model yet. */
  catalog(organisationId: string): Promise<Catalog>
}

export type * from './interfaces/reader.ts'

/* ------------------------------------------------------------------ starting and stopping runs */

export type * from './interfaces/service.ts'
