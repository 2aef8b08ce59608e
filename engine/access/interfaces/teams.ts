import type { Acting } from '../audit.ts'
import type { OwnedFlow } from '../principal.ts'

export interface TeamSummary {
  id: string
  name: string
  memberIds: string[]
  /** How many flows belong to it; removed ones don't count. */
  flows: number
}

export interface TeamStore {
  /** In the order of their names. */
  list(organisationId: string): Promise<TeamSummary[]>
  create(acting: Acting, name: string): Promise<TeamSummary>
  /** Null where there is no such team. */
  rename(acting: Acting, team: { id: string; name: string }): Promise<TeamSummary | null>
  /** Its flows go to `flowsTo`, null for the whole organisation. False where there is no such team. */
  remove(acting: Acting, team: { id: string; flowsTo: string | null }): Promise<boolean>
  /** Null where there is no such team; `not_found.member` for a member that is none. */
  setMembers(acting: Acting, team: { id: string; memberIds: string[] }): Promise<TeamSummary | null>
  /** False where there is no such flow that `reached` agrees to; `not_found.team` for a team that is none. */
  assignFlow(acting: Acting, flow: OwnedFlow, reached: (flow: OwnedFlow) => boolean): Promise<boolean>
}

type NamedFlow = OwnedFlow & { name: string }

/** Asked before anything of a flow, or of one of its runs, is shown. Of removed flows too. */
export interface FlowOwners {
  /** By id or slug. */
  ofFlow(organisationId: string, idOrSlug: string): Promise<NamedFlow | null>
  ofVersion(organisationId: string, versionId: string): Promise<NamedFlow | null>
  /** A run whose flow is gone belongs to the whole organisation; its `id` is then the empty text. */
  ofRun(organisationId: string, runId: string): Promise<NamedFlow | null>
}
