/** What the API and the command line ask of runs: to plan them, to start them, to stop them. */
import type { RunParent } from '../children/interfaces.ts'
import type { Budget, Callables, Finding, Plan, PortType, Priority, Trial } from '#graph'
import type { Json } from '../interfaces.ts'

/**
 * What to run: a saved flow (its published version; as a test its draft, which stays unpublished) or a template (the
 * organisation's own copy of it).
 */
export type RunTarget = { flowId: string; test?: true } | { template: string }

export interface StartOptions {
  startedBy?: string
  /** The same key with the same wish answers with the same run for a day; with another wish it is refused. */
  idempotencyKey?: string
}

export interface Started {
  runId: string
  /** The run was there: an earlier request with the same key started it. */
  repeated: boolean
}

export interface RerunWish {
  runId: string
  nodeId: string
  /** Items that arrive at the node as it is to get them, by their paths. The others are what they were. */
  input?: Record<string, Json>
  /** The flow as its draft is now. */
  useDraft?: boolean
}

export interface ArrivedItem {
  path: string
  /** Of the node that it arrived at. */
  port: string
  type: PortType
  label: string
  value: Json
  /** Somebody changed it on its way. */
  edited: boolean
}

export interface RunControl {
  /** Final. Rejects with `not_found.run`; a run that has ended stays as it is. */
  cancel(organisationId: string, runId: string, by: string): Promise<void>
  /** Nothing new starts: no step, and in running steps no model call. A run that has ended stays as it is. */
  pause(organisationId: string, runId: string, by: string): Promise<void>
  /** A paused run goes on where it was; any other stays as it is. */
  resume(organisationId: string, runId: string, by: string): Promise<void>
  /** What is to become of a step that waits for a decision; false where it does not (any more). */
  decide(
    organisationId: string,
    runId: string,
    what: { stepId: string; attempt: number; decision: 'again' | 'fail' },
    by: string,
  ): Promise<boolean>
}

export interface RunService extends RunControl {
  /** Flows that nodes of this one may run. */
  callables(organisationId: string, flowId: string): Promise<Callables>
  /** What a run would do. The plan is null when the findings hold an error. */
  plan(
    organisationId: string,
    target: RunTarget,
    input: unknown,
    trial?: Trial,
  ): Promise<{ plan: Plan | null; findings: Finding[] }>
  /**
   * Rejects with `input.invalid` or `flow.invalid` (facts.findings) before anything is written. With a `runId` (of the
   * shape of `newRunId`) that is there already, it is that run.
   */
  start(
    organisationId: string,
    target: RunTarget,
    input: unknown,
    options?: StartOptions & {
      seed?: number
      trial?: Trial
      runId?: string
      priority?: Priority
      /** Beside the flow's own: what is tighter holds. */
      budget?: Budget
      parent?: RunParent
    },
  ): Promise<Started>
  /** A new run of a run that has ended: what succeeded is taken over, the rest and what follows it runs. */
  retry(organisationId: string, runId: string, options?: StartOptions): Promise<Started>
  /** A new run of a run that has ended: this node and what follows it runs, with its items changed where they are. */
  rerunFrom(organisationId: string, wish: RerunWish, options?: StartOptions): Promise<Started>
  /** The items that arrived at a node, as it got them, in the run's stable order; at most `limit`. */
  inputs(
    organisationId: string,
    of: { runId: string; nodeId: string; limit: number },
  ): Promise<{ total: number; items: ArrivedItem[] }>
}
