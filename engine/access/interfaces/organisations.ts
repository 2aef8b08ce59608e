import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'

export interface OrganisationSummary {
  id: string
  name: string
  slug: string
}

/** In days after the end of a run; null keeps it for ever. */
export interface RetentionRule {
  runDays: number | null
  /** The log of a run: its events, and what its models were asked and said. */
  eventDays: number | null
}

export interface OrganisationDetail extends OrganisationSummary {
  requireTwoFactor: boolean
  retention: RetentionRule
  createdAt: string
  members: number
}

export interface OrganisationStore {
  /** Every one; for the operator of the server. */
  all(): Promise<OrganisationSummary[]>
  get(organisationId: string): Promise<OrganisationDetail | null>
  rename(acting: Acting, name: string): Promise<OrganisationDetail | null>
  keep(acting: Acting, retention: RetentionRule): Promise<OrganisationDetail | null>
  /** With everything that an organisation starts with. */
  create(actor: Omit<Acting, 'organisationId'>, name: string): Promise<OrganisationSummary>
}

/** People across organisations; for the operator of the server. */
export interface PeopleStore {
  exists(email: string): Promise<boolean>
  /** Without a password: somebody who has an account. Rejects with `conflict.member` where they belong to it already. */
  add(
    acting: Acting,
    by: Granting,
    person: { email: string; name: string; role: string; passwordHash: string | null },
  ): Promise<{ userId: string; memberId: string }>
  /** Ends the person's sessions. False where there is no such account. */
  setPassword(
    actor: Omit<Acting, 'organisationId'>,
    account: { email: string; passwordHash: string },
  ): Promise<boolean>
  /** Sign-in asks for the password alone again. Ends the person's sessions. False where there is no such account. */
  clearTwoFactor(actor: Omit<Acting, 'organisationId'>, email: string): Promise<boolean>
  /** The organisation that a session works in from now on. */
  work(sessionId: string, organisationId: string): Promise<void>
}
