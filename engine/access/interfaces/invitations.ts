import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'

export interface InvitationSummary {
  id: string
  email: string
  role: string
  roleName: string
  teams: { id: string; name: string }[]
  state: 'open' | 'expired' | 'accepted' | 'revoked'
  createdAt: string
  expiresAt: string
  invitedByName: string | null
}

/** What a link says to whoever holds it. */
export interface InvitationView {
  organisation: { id: string; name: string }
  email: string
  roleName: string
  state: InvitationSummary['state']
  invitedByName: string | null
  /** Whether the address has an account: then its owner signs in to accept. */
  hasAccount: boolean
}

/** A link is kept as the hash of what it holds. */
export interface NewLink {
  tokenHash: string
  expiresAt: Date
}

/** Somebody with an account, or what a new one is made of. */
export type Accepting = { userId: string; email: string } | { name: string; passwordHash: string }

export interface InvitationStore {
  /** Newest first. */
  list(organisationId: string): Promise<InvitationSummary[]>
  /** Takes the place of an open one for the same address. Rejects with `conflict.member` for a member. */
  create(
    acting: Acting,
    by: Granting,
    invitation: { email: string; role: string; teamIds: readonly string[] } & NewLink,
  ): Promise<InvitationSummary>
  /** With a new link; the one before is worth nothing. Null where there is none that could be accepted. */
  renew(acting: Acting, by: Granting, id: string, link: NewLink): Promise<InvitationSummary | null>
  /** Null where there is none that could be accepted. */
  revoke(acting: Acting, id: string): Promise<InvitationSummary | null>
  look(organisationId: string, tokenHash: string): Promise<InvitationView | null>
  /**
   * Once, before it expires, by whoever it was made for. Rejects with `not_found.invitation`, `conflict.invitation` or
   * `auth.other_address`.
   */
  accept(
    invitation: { organisationId: string; tokenHash: string },
    person: Accepting,
    request: Pick<Acting, 'from' | 'requestId'>,
  ): Promise<{ userId: string; email: string }>
}

export interface ResetLinks {
  /**
   * Null where there is no such member. Refused for somebody who may do more than whoever asks, and for somebody of
   * another organisation too: a password opens all of them.
   */
  create(acting: Acting, by: Granting, memberId: string, link: NewLink): Promise<{ email: string } | null>
  /** Whose it is, while it can be used. */
  look(tokenHash: string): Promise<{ email: string } | null>
  /** Once; ends the person's sessions. False for a link that is none, or no longer. */
  use(tokenHash: string, passwordHash: string, request: Pick<Acting, 'from' | 'requestId'>): Promise<boolean>
}
