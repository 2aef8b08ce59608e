import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Acting, Secrets } from '#access'
import { connectStore, type StoreHandle } from './open-store.ts'
import { createKeyring } from './sealing.ts'
import { createKeyRotation } from './key-rotation.ts'
import { createSecretStore } from './secret-store.ts'
import { type TestDatabase, testDatabase, testOrganisation } from './testing/database.ts'
import { smallSeed } from './testing/fixtures.ts'
import { asAdmin } from './testing/server.ts'

let database: TestDatabase
let store: StoreHandle
let secrets: Secrets

const MASTER = 'a master key of the tests, long enough'
const acting = (organisationId: string): Acting => ({
  organisationId,
  actor: { kind: 'person', id: 'ada', name: 'Ada' },
  from: null,
  requestId: null,
})
const admin = (sql: string, values?: unknown[]) =>
  asAdmin(database.adminUrl, async (client) => (await client.query(sql, values)).rows)

beforeAll(async () => {
  database = await testDatabase()
  await testOrganisation(database, 'ours')
  await testOrganisation(database, 'theirs')
  store = await connectStore(database.adminUrl, { seed: smallSeed })
  secrets = createSecretStore(store.withOrganisation, createKeyring(MASTER, undefined))
})
afterAll(async () => {
  await store.close()
  await database.close()
})

describe('a secret', () => {
  it('comes back as it went in, and is nowhere in the database as text', async () => {
    const { id } = await secrets.create(acting('ours'), { name: 'n8n', value: 'sesame-4711 ✓' })
    expect(await secrets.open('ours', id)).toBe('sesame-4711 ✓')
    const dump = JSON.stringify([
      await admin(`SELECT encode(sealed, 'escape') AS text, s.* FROM secrets s`),
      await admin('SELECT * FROM audit_log'),
    ])
    expect(dump).not.toContain('sesame-4711')
    expect(await secrets.list('ours')).toMatchObject([{ id, name: 'n8n' }])
    expect(Object.keys((await secrets.list('ours'))[0] ?? {})).not.toContain('value')
  })

  it('of another organisation is not there', async () => {
    const { id } = await secrets.create(acting('ours'), { name: 'ours alone', value: 'x' })
    await expect(secrets.open('theirs', id)).rejects.toMatchObject({ failure: { code: 'not_found.secret' } })
    expect(await secrets.replace(acting('theirs'), { id, value: 'y' })).toBe(false)
    expect(await secrets.remove(acting('theirs'), id)).toBe(false)
    expect(await secrets.open('ours', id)).toBe('x')
  })

  it('does not open in another row than its own', async () => {
    const [a, b] = [
      await secrets.create(acting('ours'), { name: 'a', value: 'one' }),
      await secrets.create(acting('ours'), { name: 'b', value: 'two' }),
    ]
    await admin('UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE id = $1) WHERE id = $2', [
      a.id,
      b.id,
    ])
    await expect(secrets.open('ours', b.id)).rejects.toMatchObject({
      failure: { code: 'secret.unreadable' },
    })
  })

  it('says that the master key is another one, and opens again with the old one at hand', async () => {
    const { id } = await secrets.create(acting('ours'), { name: 'later', value: 'still here' })
    const other = 'another master key, as long as the first'
    const wrong = createSecretStore(store.withOrganisation, createKeyring(other, undefined))
    await expect(wrong.open('ours', id)).rejects.toMatchObject({ failure: { code: 'secret.master_key' } })
    const both = createSecretStore(store.withOrganisation, createKeyring(other, MASTER))
    expect(await both.open('ours', id)).toBe('still here')
  })

  it('has one name in its organisation', async () => {
    await secrets.create(acting('ours'), { name: 'taken', value: 'x' })
    await expect(secrets.create(acting('ours'), { name: 'taken', value: 'y' })).rejects.toMatchObject({
      failure: { code: 'conflict.secret_name' },
    })
    await secrets.create(acting('theirs'), { name: 'taken', value: 'z' })
  })

  it('gets one data key of its organisation however many are the first', async () => {
    await testOrganisation(database, 'new')
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`)
    await Promise.all(names.map((name) => secrets.create(acting('new'), { name, value: name })))
    expect(await admin(`SELECT version FROM data_keys WHERE organisation_id = 'new'`)).toEqual([
      { version: 1 },
    ])
  })
})

describe('changing keys', () => {
  const versions = async () =>
    (await admin(`SELECT version FROM data_keys WHERE organisation_id = 'theirs'`)).map((row) => row.version)

  it('seals every secret anew and deletes the old key, also when a rotation before was cut off', async () => {
    const keyring = createKeyring(MASTER, undefined)
    const ids: string[] = []
    for (let index = 0; index < 5; index++) {
      const secret = { name: `rotated ${index}`, value: `value ${index}` }
      ids.push((await secrets.create(acting('theirs'), secret)).id)
    }
    const brittle = createKeyRotation(async (organisationId, work) => {
      if (cuts-- <= 0) throw new Error('killed')
      return store.withOrganisation(organisationId, work)
    }, keyring)
    let cuts = 2
    await expect(brittle.rotate(acting('theirs'))).rejects.toThrow('killed')
    const { version } = await createKeyRotation(store.withOrganisation, keyring).rotate(acting('theirs'))
    expect(await versions()).toEqual([version])
    for (const [index, id] of ids.entries()) expect(await secrets.open('theirs', id)).toBe(`value ${index}`)
  })

  it('of the master wraps the data keys anew, after which the old master is no longer needed', async () => {
    const { id } = await secrets.create(acting('theirs'), { name: 'kept', value: 'kept' })
    const next = 'the next master key, as long as the others'
    const both = createKeyring(next, MASTER)
    expect(await createKeyRotation(store.withOrganisation, both).rewrap(acting('theirs'))).toEqual({
      keys: 1,
    })
    const alone = createSecretStore(store.withOrganisation, createKeyring(next, undefined))
    expect(await alone.open('theirs', id)).toBe('kept')
    await expect(secrets.open('theirs', id)).rejects.toMatchObject({ failure: { code: 'secret.master_key' } })
  })
})
