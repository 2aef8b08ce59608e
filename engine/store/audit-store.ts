import type { AuditFilter, AuditLog, AuditRecord, AuditVerdict } from '#access'
import { appendAudit, linkOf } from './audit-chain.ts'
import type { AuditEntry, Prisma } from './generated/client.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

const BATCH = 1_000

export function createAuditStore(withOrganisation: WithOrganisation): AuditLog {
  const batchAfter = (organisationId: string, seq: number, filter: AuditFilter = {}) =>
    withOrganisation(organisationId, (tx) =>
      tx.auditEntry.findMany({
        where: { AND: [{ seq: { gt: seq } }, whereOf(filter)] },
        orderBy: { seq: 'asc' },
        take: BATCH,
      }),
    )

  return {
    append: (acting, entry) =>
      withOrganisation(acting.organisationId, (tx) => appendAudit(tx, acting, entry)),

    list: (organisationId, filter, { before, limit }) =>
      withOrganisation(organisationId, async (tx) => {
        const where = { AND: [before === undefined ? {} : { seq: { lt: before } }, whereOf(filter)] }
        const rows = await tx.auditEntry.findMany({ where, orderBy: { seq: 'desc' }, take: limit })
        return rows.map(recordOf)
      }),

    async *all(organisationId, filter) {
      for (let seq = 0; ;) {
        const rows = await batchAfter(organisationId, seq, filter)
        const last = rows.at(-1)
        if (!last) return
        yield rows.map(recordOf)
        seq = last.seq
      }
    },

    async verify(organisationId) {
      const head = await withOrganisation(organisationId, headOf)
      let before = { seq: 0, hash: '' }
      // What is written meanwhile comes after the head that was read, and is left for the next time.
      while (before.seq < head.seq) {
        const rows = await batchAfter(organisationId, before.seq)
        if (rows.length === 0) break
        for (const row of rows) {
          const fault = faultOf(row, before)
          if (fault) return fault
          before = row
          if (row.seq === head.seq) break
        }
      }
      return verdictOn(before, head)
    },
  }
}

const headOf = async (tx: OrganisationTx) => {
  const { auditSeq: seq, auditHash: hash } = await tx.organisation.findFirstOrThrow()
  return { seq, hash }
}

interface Link {
  seq: number
  hash: string
}

function faultOf(row: AuditEntry, before: Link): AuditVerdict | null {
  if (row.seq !== before.seq + 1) {
    const missing = row.seq === before.seq + 2 ? 'This entry is' : `Entries up to ${row.seq - 1} are`
    return { intact: false, seq: before.seq + 1, reason: `${missing} missing.` }
  }
  if (linkOf(before.hash, row) === row.hash) return null
  const reason = 'It does not fit its hash: it, its hash or the hash before it was changed afterwards.'
  return { intact: false, seq: row.seq, reason }
}

function verdictOn(last: Link, head: Link): AuditVerdict {
  if (last.seq < head.seq)
    return {
      intact: false,
      seq: last.seq + 1,
      reason: `The log was cut off here: it had ${head.seq} entries.`,
    }
  if (last.hash !== head.hash)
    return { intact: false, seq: last.seq, reason: 'It is not the entry that the log ended with.' }
  return { intact: true, entries: last.seq, head: head.hash }
}

/** Entries are only ever written by `appendAudit`. */
const recordOf = ({ seq, at, entry }: AuditEntry): AuditRecord => ({
  ...(entry as unknown as Omit<AuditRecord, 'seq' | 'at'>),
  seq,
  at: at.toISOString(),
})

function whereOf({ action, actor, outcome, target, from, to }: AuditFilter): Prisma.AuditEntryWhereInput {
  const inTarget = (key: string) => ({ entry: { path: ['target', key], string_contains: target } })
  const parts: (Prisma.AuditEntryWhereInput | undefined)[] = [
    action ? { entry: { path: ['action'], string_contains: action } } : undefined,
    actor ? { entry: { path: ['actor', 'id'], equals: actor } } : undefined,
    outcome ? { entry: { path: ['outcome'], equals: outcome } } : undefined,
    target ? { OR: ['kind', 'id', 'name'].map(inTarget) } : undefined,
    from ? { at: { gte: from } } : undefined,
    to ? { at: { lt: to } } : undefined,
  ]
  return { AND: parts.filter((part) => part !== undefined) }
}
