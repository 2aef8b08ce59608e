/** Tells the audit logs of a person's organisations that they came in, or that somebody tried to in their name. */
import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import type { AuditEntry, AuditLog, Directory } from '#access'

export interface Entry {
  action: string
  outcome: AuditEntry['outcome']
  /** An id or an address; nobody hears of an address that belongs to no account. */
  who: { userId: string } | { email: string }
  from: string | null
  requestId: string
}

export interface Entries {
  /** After the answer: no request waits for it, and none takes longer because there is an account. */
  note(entry: Entry): void
  /** Waits for what is being noted. */
  settled(): Promise<void>
}

export function createEntries(
  pool: pg.Pool,
  directory: Directory,
  audit: Pick<AuditLog, 'append'>,
  log: FastifyBaseLogger,
): Entries {
  const writing = new Set<Promise<void>>()

  async function write({ action, outcome, who, from, requestId }: Entry): Promise<void> {
    const [column, value] = 'userId' in who ? ['id', who.userId] : ['email', who.email.toLowerCase()]
    const { rows } = await pool.query<{ id: string; name: string }>(
      `SELECT id, name FROM users WHERE ${column} = $1`,
      [value],
    )
    for (const { id, name } of rows) {
      for (const { organisation, memberId } of await directory.memberships(id)) {
        const acting = {
          organisationId: organisation.id,
          actor: { kind: 'person', id, name } as const,
          from,
          requestId,
        }
        await audit.append(acting, { action, outcome, target: { kind: 'member', id: memberId, name } })
      }
    }
  }

  return {
    note(entry) {
      const work = write(entry)
        .catch((error: unknown) =>
          log.error({ err: error, action: entry.action }, 'the audit log took no entry'),
        )
        .finally(() => writing.delete(work))
      writing.add(work)
    },
    async settled() {
      await Promise.all(writing)
    },
  }
}
