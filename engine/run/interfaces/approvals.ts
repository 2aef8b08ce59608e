/** What waits for people's approval. `Acting` is who acts, for the audit log. */
import type { Approval, ApprovalSummary, ApprovalWish, Decider, Evaluation } from '#graph'
import type { Json, LockedRun, RunWrites } from '../interfaces.ts'

export interface ApprovalsAsked {
  of: Pick<Decider, 'id' | 'role'>
  /** What waits for them, the oldest first; else what they decided on, the latest first. */
  waiting: boolean
  limit: number
  /** Of these flows and of flows of these teams (and of no team) only. */
  reach?: { everyTeam: boolean; teamIds: readonly string[]; flowIds: readonly string[] | null }
}

export interface DecideResult {
  approval: Approval
  /** The same was decided before; nothing was written. */
  repeated: boolean
  /** The step goes on. */
  resumed: boolean
}

interface ReadsApprovals {
  list(organisationId: string, asked: ApprovalsAsked): Promise<ApprovalSummary[]>
  /** Null where there is none. */
  get(organisationId: string, id: string, userId: string): Promise<Approval | null>
  /** What evaluators said of the draft that it is about, or of the one that this was made from. */
  evaluations(organisationId: string, approval: Approval): Promise<Evaluation[]>
}

export interface ApprovalStore<Acting extends { organisationId: string }> extends ReadsApprovals {
  /**
   * Writes the decision, the entry in the audit log and, where it ends the wait, what `answer` says of the run: in one
   * transaction, with the run locked. Rejects with what `weigh` throws.
   */
  decide(
    acting: Acting,
    approval: Pick<Approval, 'id' | 'runId' | 'stepId' | 'attempt'>,
    by: Decider,
    wish: ApprovalWish,
    answer: (run: LockedRun, value: Json, by: string) => RunWrites | null,
  ): Promise<DecideResult>
}

export interface Approvals<Acting extends { organisationId: string }> extends ReadsApprovals {
  /** Null where there is no such approval. */
  decide(acting: Acting, id: string, by: Decider, wish: ApprovalWish): Promise<DecideResult | null>
}
