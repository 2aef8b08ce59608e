import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Acting } from '#access'
import { appendAudit, linkOf } from './audit-chain.ts'
import { connectStore, type StoreHandle } from './open-store.ts'
import { type TestDatabase, testDatabase, testOrganisation } from './testing/database.ts'
import { smallSeed } from './testing/fixtures.ts'

let database: TestDatabase
let store: StoreHandle
const acting = (organisationId: string): Acting => ({
  organisationId,
  actor: { kind: 'person', id: 'ada', name: 'Ada' },
  from: '127.0.0.1',
  requestId: null,
})

beforeAll(async () => {
  database = await testDatabase()
  await testOrganisation(database, 'ours')
  store = await connectStore(database.adminUrl, { seed: smallSeed })
})
afterAll(async () => {
  await store.close()
  await database.close()
})

it('is one unbroken chain however many write at once, and ends where the organisation says', async () => {
  const write = (index: number) =>
    store.withOrganisation('ours', (tx) =>
      appendAudit(tx, acting('ours'), {
        action: `act.${index}`,
        target: { kind: 'flow', id: `f${index}`, name: 'Zoë "✓"' },
        outcome: 'done',
        before: { b: 1, a: [1.5, null, 1e21] },
      }),
    )
  await Promise.all(Array.from({ length: 30 }, (_, index) => write(index)))
  const rows = await store.withOrganisation('ours', (tx) =>
    tx.auditEntry.findMany({ orderBy: { seq: 'asc' } }),
  )
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
  let before = ''
  for (const row of rows) {
    expect(row.hash).toBe(linkOf(before, row))
    before = row.hash
  }
  const head = await store.withOrganisation('ours', (tx) => tx.organisation.findFirst())
  expect(head).toMatchObject({ auditSeq: 30, auditHash: before })
})

it('has no entry of a change that was taken back', async () => {
  const count = () => store.withOrganisation('ours', (tx) => tx.auditEntry.count())
  const before = await count()
  const change = store.withOrganisation('ours', async (tx) => {
    await appendAudit(tx, acting('ours'), { action: 'lost', target: null, outcome: 'done' })
    throw new Error('taken back')
  })
  await expect(change).rejects.toThrow('taken back')
  expect(await count()).toBe(before)
})
