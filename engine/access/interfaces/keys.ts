import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'
import type { Permission } from '../permissions.ts'
import type { OwnedFlow } from '../principal.ts'

export interface ServiceAccountSummary {
  id: string
  name: string
  role: string
  roleName: string
  disabled: boolean
  /** Keys that work. */
  keys: number
  createdAt: string
  createdByName: string | null
}

export interface ServiceAccountStore {
  /** In the order of their names. */
  list(organisationId: string): Promise<ServiceAccountSummary[]>
  create(
    acting: Acting,
    by: Granting,
    account: { name: string; role: string },
  ): Promise<ServiceAccountSummary>
  /** Null where there is none. */
  setDisabled(
    acting: Acting,
    by: Granting,
    account: { id: string; disabled: boolean },
  ): Promise<ServiceAccountSummary | null>
  /** With its keys. False where there is none. */
  remove(acting: Acting, id: string): Promise<boolean>
}

export type KeyHolder = { memberId: string } | { serviceAccountId: string }

export interface KeySummary {
  id: string
  name: string
  /** The first characters of the key, by which people recognise it. */
  start: string
  holder: { kind: 'person' | 'service-account'; id: string; name: string }
  permissions: Permission[]
  /** Null where it is not limited to flows. */
  flowIds: string[] | null
  state: 'active' | 'expired' | 'revoked' | 'disabled'
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  lastUsedFrom: string | null
}

export interface NewKey {
  name: string
  holder: KeyHolder
  /** Null: all that both its maker and its holder have, as far as single flows allow it. */
  permissions: readonly Permission[] | null
  /** Ids or slugs. */
  flowIds: readonly string[] | null
  expiresAt: Date | null
  token: { hash: string; start: string }
}

/** Whoever makes a key: a key that makes another gives neither more flows nor more time than it has itself. */
export interface KeyMaker extends Granting {
  keyId: string | null
  flowIds: readonly string[] | null
  reaches(flow: OwnedFlow): boolean
}

export interface KeyStore {
  /** Newest first; with a holder, theirs only. */
  list(organisationId: string, holder: KeyHolder | null): Promise<KeySummary[]>
  /** `not_found.flow` for a flow that is not reached; `not_found.service_account` or `not_found.member` where the holder is none. */
  create(acting: Acting, by: KeyMaker, key: NewKey): Promise<KeySummary>
  /** Null where there is no such key, or where it is not of this holder. */
  revoke(acting: Acting, id: string, holder: KeyHolder | null): Promise<KeySummary | null>
  /** Notes that it was used, unless that was noted within the last minute. */
  touch(organisationId: string, id: string, from: string | null): Promise<void>
}
