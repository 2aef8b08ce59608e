/** Triggers' outside world, beside the executor's own in `../interfaces.ts`. */
import type { CallStatus, Failure, RunInput, RunStatus, ScheduleSettings, TriggerSettings } from '#graph'
import type { Json } from '../interfaces.ts'

export interface TriggerRef {
  organisationId: string
  triggerId: string
}

export interface CallRef {
  organisationId: string
  callId: string
}

/** A webhook or form, as its address leads to it. */
export interface FoundTrigger extends TriggerRef {
  flowId: string
  settings: TriggerSettings
  /** Of the secret that its deliveries are signed with. */
  secretId: string | null
}

export interface NewCall {
  /** Of `newCallId`: names the run that it starts. */
  id: string
  /** The same key is the same call: for `knownForMs`, else for as long as calls are kept. */
  key: string
  knownForMs?: number
  /** What came in. */
  body: Json
  /** What the run starts with; null where it is refused, or follows from a run that ended. */
  input: RunInput | null
  /** Why it starts nothing. */
  failure: Failure | null
  /** A time of a schedule that is let pass. */
  skipped?: boolean
  dueAt?: Date
  tried?: boolean
  /** The run whose end it tells of. */
  sourceRunId?: string
}

export interface AcceptedCall extends CallRef {
  /** This very delivery was here before; what follows is about that one. */
  duplicate: boolean
  status: CallStatus
  failure: Failure | null
}

export interface TakenCall extends CallRef {
  triggerId: string
  flowId: string
  settings: TriggerSettings
  input: RunInput | null
  sourceRunId: string | null
  /** Counting this one. */
  tries: number
  /** Its run is there already. */
  started: boolean
  /** Why it may not start a run any more: whoever it starts runs as is gone or has lost the right to. */
  refusal: Failure | null
}

export type CallOutcome =
  | { status: 'started'; body?: Json | undefined }
  | { status: 'refused'; failure: Failure; body?: Json | undefined }
  /** It is tried again. */
  | { status: 'accepted'; failure: Failure; delayMs: number }

/** Calls of triggers: durable before they are answered, started from here whatever happened in between. */
export interface TriggerCalls {
  find(pathHash: string): Promise<FoundTrigger | null>
  /** One durable commit. Null where the trigger was removed or switched off meanwhile. */
  accept(trigger: TriggerRef, call: NewCall): Promise<AcceptedCall | null>
  /** Schedules whose time has come, in every organisation. */
  due(limit: number): Promise<TriggerRef[]>
  /**
   * Writes the calls of one schedule and moves it on, in one commit by the database's clock. A process that comes second
   * finds nothing to do.
   */
  fire(
    trigger: TriggerRef,
    decide: (
      schedule: ScheduleSettings,
      dueSince: Date,
      now: Date,
    ) => { calls: NewCall[]; nextAt: Date | null },
  ): Promise<CallRef[]>
  /** Accepted calls that nobody is starting, in every organisation. */
  waiting(limit: number): Promise<CallRef[]>
  /** Null where it was started or refused, or where another process is about to. */
  take(call: CallRef): Promise<TakenCall | null>
  settle(call: CallRef, outcome: CallOutcome): Promise<void>
  outcome(
    trigger: TriggerRef,
    callId: string,
  ): Promise<{ status: CallStatus; failure: Failure | null; run: RunStatus | null } | null>
  /** Deletes calls of every organisation that are older than this, or than it keeps the logs of its runs. */
  forget(olderThanDays: number): Promise<void>
}
