/** What the audit log says of one act. */
export interface AuditEntry {
  /** The procedure or command, such as `members.setRole`. */
  action: string
  target: { kind: string; id: string; name?: string } | null
  outcome: 'done' | 'refused' | 'failed'
  /** Settings before and after; never a secret's value. */
  before?: unknown
  after?: unknown
}

/** Who acts, where, and from where: goes with every change that is written to the audit log. */
export interface Acting {
  organisationId: string
  actor: { kind: 'person' | 'key' | 'system'; id: string; name: string }
  /** Address of the client; null for a command on the server itself. */
  from: string | null
  requestId: string | null
}
