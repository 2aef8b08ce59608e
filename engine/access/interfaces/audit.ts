import type { Acting, AuditEntry } from '../audit.ts'

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
