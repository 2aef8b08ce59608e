/**
 * The audit log: append-only, and chained per organisation, so that an entry that was changed, left out, put in or cut
 * off afterwards shows. Each hash covers the entry, its number and time, and the hash before it; the organisation
 * keeps number and hash of the last one, and its row is what makes writers take turns.
 */
import { createHash } from 'node:crypto'
import type { Acting, AuditEntry } from '#access'
import { canonicalJson } from '#graph'
import type { OrganisationTx } from './tenancy.ts'

/** Writes an entry in the transaction of what it tells of: both are there, or neither. */
export async function appendAudit(tx: OrganisationTx, acting: Acting, entry: AuditEntry): Promise<void> {
  const { text, values } = auditQuery(acting, entry)
  await tx.$executeRawUnsafe(text, ...values)
}

/** The same, for transactions on a connection of their own. */
export const auditQuery = ({ organisationId, ...acting }: Acting, entry: AuditEntry) => ({
  text: APPEND,
  values: [organisationId, new Date().toISOString(), canonicalJson({ ...acting, ...entry })],
})

const APPEND = `
  WITH link AS (
    UPDATE organisations SET
      audit_seq = audit_seq + 1,
      audit_hash = encode(sha256(convert_to(
        concat_ws(E'\n', audit_hash, audit_seq + 1, $2::text, $3::text), 'UTF8')), 'hex')
    WHERE id = $1
    RETURNING audit_seq, audit_hash)
  INSERT INTO audit_log (organisation_id, seq, at, entry, hash)
  SELECT $1, audit_seq, $2::text::timestamptz, $3::text::jsonb, audit_hash FROM link`

/** The hash of an entry as it stands in the database, after the hash of the one before it (none: the empty text). */
export const linkOf = (before: string, row: { seq: number; at: Date; entry: unknown }): string =>
  createHash('sha256')
    .update([before, row.seq, row.at.toISOString(), canonicalJson(row.entry)].join('\n'))
    .digest('hex')
