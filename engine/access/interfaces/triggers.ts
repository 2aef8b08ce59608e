import type { TriggerCall, TriggerSettings, TriggerSummary } from '#graph'
import type { Acting } from '../audit.ts'

/** As whom a trigger starts runs: whoever made or last changed it. */
export type RunsAs = { memberId: string } | { serviceAccountId: string }

export interface TriggerChange {
  id: string
  flowId: string
  name: string
  settings: TriggerSettings
  secretId: string | null
  runsAs: RunsAs
}

/** The part of an address that nobody can guess, and the hash that it is found by. */
export interface SecretPath {
  path: string
  hash: string
}

/** Of a schedule, after `now` by the database's clock. */
export type NextTime = (settings: TriggerSettings, now: Date) => Date | null

export interface TriggerStore {
  /** In the order in which they were made, with their addresses. */
  list(organisationId: string, flowId: string): Promise<TriggerSummary[]>
  /** The secret that its deliveries are signed with; null where there is no such trigger. */
  get(
    organisationId: string,
    flowId: string,
    id: string,
  ): Promise<(TriggerSummary & { secretId: string | null }) | null>
  /** `not_found.flow` where the flow that it waits for is not there. */
  create(
    acting: Acting,
    trigger: TriggerChange & { path: SecretPath | null },
    next: NextTime,
  ): Promise<TriggerSummary>
  /** Null where there is none; refused where its kind would change. */
  update(acting: Acting, trigger: TriggerChange, next: NextTime): Promise<TriggerSummary | null>
  setEnabled(
    acting: Acting,
    trigger: { id: string; flowId: string; enabled: boolean; runsAs: RunsAs },
    next: NextTime,
  ): Promise<TriggerSummary | null>
  /** Gives it a new address; the old one leads nowhere from then on. */
  setPath(
    acting: Acting,
    trigger: { id: string; flowId: string; path: SecretPath },
  ): Promise<TriggerSummary | null>
  /** With its calls. Null where there is none. */
  remove(acting: Acting, trigger: { id: string; flowId: string }): Promise<{ secretId: string | null } | null>
  /** Newest first; null where there is no such trigger. */
  calls(organisationId: string, flowId: string, id: string, limit: number): Promise<TriggerCall[] | null>
}
