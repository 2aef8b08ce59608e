/** What identity and administration need of the database. Implemented in `engine/store`, each call one transaction. */
import type { Acting, AuditEntry } from './audit.ts'

export interface Membership {
  organisation: { id: string; name: string; requireTwoFactor: boolean }
  memberId: string
  role: string
  /** Name and permissions of the organisation's own role of that id; null for a built-in one. */
  custom: { name: string; permissions: string[] } | null
  teamIds: string[]
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
  /** By the hash of the whole key; expired and revoked ones too. */
  apiKey(tokenHash: string): Promise<FoundKey | null>
  /** By the hash of the link's token, whatever has become of it. */
  invitation(tokenHash: string): Promise<{ organisationId: string; id: string } | null>
}

export interface SecretSummary {
  id: string
  name: string
  updatedAt: string
  /** Null where nobody in particular stored it, or where they are gone. */
  updatedByName: string | null
}

/** Secrets go in and never come out, except to the engine itself. */
export interface Secrets {
  list(organisationId: string): Promise<SecretSummary[]>
  create(acting: Acting, secret: { name: string; value: string }): Promise<{ id: string }>
  /** False where there is none. */
  replace(acting: Acting, secret: { id: string; value: string }): Promise<boolean>
  /** False where there is none; refused while something uses it. */
  remove(acting: Acting, id: string): Promise<boolean>
  /** For the engine, at the moment of use. No procedure returns it. */
  open(organisationId: string, id: string): Promise<string>
}

export interface KeyRotation {
  /** A new data key; every secret of the organisation is sealed with it and the old key is deleted. */
  rotate(acting: Acting): Promise<{ version: number; secrets: number }>
  /** Wraps data keys that another master key wrapped with the present one. */
  rewrap(acting: Acting): Promise<{ keys: number }>
}

/** An entry as it is read: numbered per organisation from 1. */
export type AuditRecord = AuditEntry & Omit<Acting, 'organisationId'> & { seq: number; at: string }

export interface AuditFilter {
  /** Part of the action's name, such as `members`. */
  action?: string | undefined
  /** Id of a person or service account. */
  actor?: string | undefined
  outcome?: AuditEntry['outcome'] | undefined
  /** Part of what it was done to: kind, id or name. */
  target?: string | undefined
  /** ISO times; from included, to excluded. */
  from?: string | undefined
  to?: string | undefined
}

/** `reason`: what is wrong with entry `seq`, in words; `head` can be noted elsewhere to compare later. */
export type AuditVerdict =
  | { intact: true; entries: number; head: string }
  | { intact: false; seq: number; reason: string }

export interface AuditLog {
  /** An entry of its own; changes of settings write theirs in their own transaction. */
  append(acting: Acting, entry: AuditEntry): Promise<void>
  /** Newest first, below `before`. */
  list(
    organisationId: string,
    filter: AuditFilter,
    page: { before?: number | undefined; limit: number },
  ): Promise<AuditRecord[]>
  /** Everything, oldest first, in batches. */
  all(organisationId: string, filter?: AuditFilter): AsyncGenerator<AuditRecord[], void>
  verify(organisationId: string): Promise<AuditVerdict>
}
