import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Acting, AuditLog } from '#access'
import { createAuditStore } from './audit-store.ts'
import { connectStore, type StoreHandle } from './open-store.ts'
import { type TestDatabase, testDatabase, testOrganisation } from './testing/database.ts'
import { smallSeed } from './testing/fixtures.ts'
import { asAdmin } from './testing/server.ts'

const ENTRIES = 12

let database: TestDatabase
let store: StoreHandle
let audit: AuditLog
let organisations = 0

const acting = (organisationId: string): Acting => ({
  organisationId,
  actor: { kind: 'person', id: 'ada', name: 'Ada' },
  from: '10.0.0.1',
  requestId: 'r',
})

async function withLog(): Promise<string> {
  const id = await testOrganisation(database, `organisation-${++organisations}`)
  for (let index = 1; index <= ENTRIES; index++) {
    await audit.append(acting(id), {
      action: index % 2 ? 'members.setRole' : 'flows.publish',
      target: { kind: index % 2 ? 'member' : 'flow', id: `t${index}`, name: `Target ${index}` },
      outcome: index === 3 ? 'refused' : 'done',
      after: { role: 'viewer' },
    })
  }
  return id
}

/** As somebody who owns the tables and takes the triggers away. */
const tamper = (organisationId: string, sql: string) =>
  asAdmin(database.adminUrl, async (client) => {
    await client.query('BEGIN')
    await client.query('ALTER TABLE audit_log DISABLE TRIGGER USER')
    await client.query(sql, [organisationId])
    await client.query('ALTER TABLE audit_log ENABLE TRIGGER USER')
    await client.query('COMMIT')
  })

beforeAll(async () => {
  database = await testDatabase()
  store = await connectStore(database.adminUrl, { seed: smallSeed })
  audit = createAuditStore(store.withOrganisation)
})
afterAll(async () => {
  await store.close()
  await database.close()
})

describe('the audit log', () => {
  it('is intact as it was written, and its end can be noted elsewhere', async () => {
    const id = await withLog()
    const verdict = await audit.verify(id)
    expect(verdict).toEqual({ intact: true, entries: ENTRIES, head: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it.each([
    ['an entry was changed', 5, `UPDATE audit_log SET entry = jsonb_set(entry, '{actor,name}', '"Eve"')`],
    ['the time of an entry was changed', 5, `UPDATE audit_log SET at = at - interval '1 hour'`],
    ['the hash of an entry was changed', 5, `UPDATE audit_log SET hash = repeat('0', 64)`],
    ['an entry was taken out', 5, `DELETE FROM audit_log`],
  ])('names the first broken link where %s', async (_what, seq, sql) => {
    const id = await withLog()
    await tamper(id, `${sql} WHERE organisation_id = $1 AND seq = ${seq}`)
    expect(await audit.verify(id)).toMatchObject({ intact: false, seq })
  })

  it('names the place where its end was cut off', async () => {
    const id = await withLog()
    await tamper(id, 'DELETE FROM audit_log WHERE organisation_id = $1 AND seq > 9')
    expect(await audit.verify(id)).toMatchObject({
      intact: false,
      seq: 10,
      reason: `The log was cut off here: it had ${ENTRIES} entries.`,
    })
  })

  it('names the place where a later part of it was taken out and renumbered', async () => {
    const id = await withLog()
    await tamper(id, 'DELETE FROM audit_log WHERE organisation_id = $1 AND seq = 5')
    await tamper(id, 'UPDATE audit_log SET seq = seq - 1 WHERE organisation_id = $1 AND seq > 5')
    expect(await audit.verify(id)).toMatchObject({ intact: false, seq: 5 })
  })

  it('is found by action, actor, target, outcome and time, page by page, newest first', async () => {
    const id = await withLog()
    const seqs = async (filter: Parameters<AuditLog['list']>[1], before?: number, limit = 100) =>
      (await audit.list(id, filter, { before, limit })).map(({ seq }) => seq)
    expect(await seqs({}, undefined, 3)).toEqual([12, 11, 10])
    expect(await seqs({}, 10, 3)).toEqual([9, 8, 7])
    expect(await seqs({ action: 'members' })).toEqual([11, 9, 7, 5, 3, 1])
    expect(await seqs({ outcome: 'refused' })).toEqual([3])
    expect(await seqs({ target: 'Target 12' })).toEqual([12])
    expect(await seqs({ actor: 'eve' })).toEqual([])
    expect(await seqs({ to: '2000-01-01T00:00:00Z' })).toEqual([])
    const [first] = await audit.list(id, {}, { limit: 1 })
    expect(first).toMatchObject({
      seq: 12,
      action: 'flows.publish',
      actor: { name: 'Ada' },
      from: '10.0.0.1',
      after: { role: 'viewer' },
    })
  })

  it('of one organisation has nothing of another, nor does reading all of it', async () => {
    const [ours, theirs] = [await withLog(), await testOrganisation(database, 'empty')]
    expect(await audit.list(theirs, {}, { limit: 10 })).toEqual([])
    expect(await audit.verify(theirs)).toEqual({ intact: true, entries: 0, head: '' })
    const all: number[] = []
    for await (const batch of audit.all(ours)) all.push(...batch.map(({ seq }) => seq))
    expect(all).toHaveLength(ENTRIES)
  })
})
