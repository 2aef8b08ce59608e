/**
 * The audit log: append-only, and chained per organisation, so that an entry that was changed, left out or put in
 * afterwards shows. Each hash covers the entry and the hash before it; the chain begins with the organisation's id.
 */
import { createHash } from 'node:crypto'
import type { Acting, AuditEntry } from '#access'
import { canonicalJson } from './content-hash.ts'
import type { Prisma } from './generated/client.ts'
import type { OrganisationTx } from './tenancy.ts'

/** Any number; entries of one organisation are written one after the other under it. */
const LOCK = 7_307_004

export type StoredEntry = AuditEntry & Omit<Acting, 'organisationId'> & { seq: number; at: string }

/** Writes an entry in the transaction of what it tells of: both are there, or neither. */
export async function appendAudit(
  tx: OrganisationTx,
  { organisationId, ...acting }: Acting,
  entry: AuditEntry,
): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId}))`
  const last = await tx.auditEntry.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true, hash: true } })
  const at = new Date()
  const seq = (last?.seq ?? 0) + 1
  // As it comes back from the database: what JSON has no word for is not hashed.
  const stored = JSON.parse(
    JSON.stringify({ seq, at: at.toISOString(), ...acting, ...entry }),
  ) as Prisma.InputJsonObject
  const previous = last?.hash ?? firstLink(organisationId)
  await tx.auditEntry.create({
    data: { organisationId, seq, at, entry: stored, previous, hash: linkOf(previous, stored) },
  })
}

export const firstLink = (organisationId: string): string => sha256(organisationId)

/** The hash that follows `previous` in the chain, whatever the order of the entry's keys: the database keeps none. */
export const linkOf = (previous: string, entry: unknown): string =>
  sha256(`${previous}\n${canonicalJson(entry)}`)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
