/** What identity and administration need of the database. Implemented in `engine/store`, each call one transaction. */

export interface Membership {
  organisation: { id: string; name: string; requireTwoFactor: boolean }
  memberId: string
  role: string
  /** Name and permissions of the organisation's own role of that id; null for a built-in one. */
  custom: { name: string; permissions: string[] } | null
  teamIds: string[]
}

export interface FoundSession {
  id: string
  /** Chosen by the person; null for the one they joined first. */
  organisationId: string | null
  expiresAt: string
  user: { id: string; name: string; email: string; twoFactor: boolean }
  /** In the order in which the person joined. */
  memberships: Membership[]
}

export interface FoundKey {
  id: string
  name: string
  organisation: { id: string; name: string }
  permissions: string[]
  /** Null: not limited to flows. */
  flowIds: string[] | null
  expired: boolean
  revoked: boolean
  holder: { kind: 'person' | 'service-account'; id: string; name: string; email: string | null }
  memberId: string | null
  role: string
  custom: Membership['custom']
  teamIds: string[]
  lastUsedAt: string | null
}

/** What has to be known before there is an organisation to look in. */
export interface Directory {
  /** In the order in which the person joined. */
  memberships(userId: string): Promise<Membership[]>
  /** All that a request has to know of who asks, in one question. Null once it has ended. */
  session(token: string): Promise<FoundSession | null>
  /** By the hash of the whole key; expired and revoked ones too. */
  apiKey(tokenHash: string): Promise<FoundKey | null>
  /** By the hash of the link's token, whatever has become of it. */
  invitation(tokenHash: string): Promise<{ organisationId: string; id: string } | null>
}
