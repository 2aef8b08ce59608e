import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from './open-database.ts'
import { appUrl } from './app-role.ts'
import { migrate, MIGRATIONS_FOLDER, readMigrations } from './migrate.ts'
import { asAdmin, openTestServer, urlOf } from './testing/server.ts'

let server: Database
let url: string
let folder: string
const name = `test_${process.pid}_migrate`
const owner = `owner_${process.pid}`

beforeAll(async () => {
  server = await openTestServer()
  folder = await mkdtemp(join(tmpdir(), 'pressroom-migrations-'))
})

beforeEach(async () => {
  url = urlOf(server, name)
  await asAdmin(server.adminUrl, (client) => client.query(`CREATE DATABASE ${name}`))
  await rm(folder, { recursive: true })
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true })
})

afterEach(() =>
  asAdmin(server.adminUrl, async (client) => {
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await client.query(`DROP ROLE IF EXISTS ${owner}`)
  }),
)

afterAll(async () => {
  await rm(folder, { recursive: true })
  await server.close()
})

const addMigration = async (migration: string, sql: string) => {
  await mkdir(join(folder, migration))
  await writeFile(join(folder, migration, 'migration.sql'), sql)
}

const ledger = () =>
  asAdmin(url, async (client) => {
    const { rows } = await client.query(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, applied_steps_count
       FROM _prisma_migrations ORDER BY migration_name`,
    )
    return rows
  })

it('applies every migration once and writes it to the ledger that Prisma keeps', async () => {
  const migrations = await readMigrations()
  expect(await migrate(url)).toEqual(migrations.map((migration) => migration.name))
  expect(await migrate(url)).toEqual([])
  expect(await ledger()).toEqual(
    migrations.map(({ name: migration_name, checksum }) => ({
      migration_name,
      checksum,
      finished: true,
      applied_steps_count: 1,
    })),
  )
})

it('applies every migration once when two processes start at the same time', async () => {
  const applied = await Promise.all([migrate(url), migrate(url)])
  expect(applied.flat()).toEqual((await readMigrations()).map((migration) => migration.name))
})

it('refuses to go on when an applied migration was edited, and names it', async () => {
  await migrate(url, folder)
  await writeFile(join(folder, '0001_initial', 'migration.sql'), 'SELECT 1')
  await expect(migrate(url, folder)).rejects.toMatchObject({
    failure: { code: 'database.migration_edited', facts: { migration: '0001_initial' } },
  })
})

it('refuses a database that a newer Pressroom has migrated', async () => {
  await addMigration('9999_later', 'CREATE TABLE later ()')
  await migrate(url, folder)
  await expect(migrate(url)).rejects.toMatchObject({
    failure: { code: 'database.newer', facts: { migration: '9999_later' } },
  })
})

it('takes back the whole of a migration that fails, and applies it when it is put right', async () => {
  await addMigration('9999_later', 'CREATE TABLE later (); SELECT nonsense')
  await expect(migrate(url, folder)).rejects.toMatchObject({ failure: { code: 'database.migration_failed' } })
  await writeFile(join(folder, '9999_later', 'migration.sql'), 'CREATE TABLE later ()')
  expect(await migrate(url, folder)).toEqual(['9999_later'])
})

it('needs no superuser: an owner who may create roles is enough, and gains no way round the policies', async () => {
  const ownerUrl = new URL(url)
  ownerUrl.username = owner
  await asAdmin(server.adminUrl, async (client) => {
    await client.query(
      `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(ownerUrl.password)}`,
    )
    await client.query(`GRANT pressroom_app, pressroom_system TO ${owner} WITH ADMIN OPTION, INHERIT FALSE`)
    await client.query(`ALTER DATABASE ${name} OWNER TO ${owner}`)
  })
  expect(await migrate(ownerUrl.href)).toEqual((await readMigrations()).map(({ name }) => name))
  await asAdmin(ownerUrl.href, async (client) => {
    const make = `INSERT INTO organisations (id, name, slug) VALUES ('o', 'o', 'o')`
    await expect(client.query(make)).rejects.toThrow(/row-level security/)
    const write =
      client.query(`INSERT INTO agents (organisation_id, slug, role, name, description, system_prompt)
      VALUES ('o', 'a', 'writer', '', '', '')`)
    await expect(write).rejects.toThrow(/row-level security/)
  })
  const { rows } = await asAdmin(appUrl(ownerUrl.href), (client) =>
    client.query('SELECT * FROM system_lost_leases(1)'),
  )
  expect(rows).toEqual([])
})

it('lets the application in with a password that follows from the URL, and keeps it from bypassing anything', async () => {
  await migrate(url)
  const { rows } = await asAdmin(appUrl(url), (client) =>
    client.query(
      'SELECT rolname, rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user',
    ),
  )
  expect(rows).toEqual([{ rolname: 'pressroom_app', bypasses: false }])
  const wrong = new URL(appUrl(url))
  wrong.password = 'wrong'
  await expect(new pg.Client(wrong.href).connect()).rejects.toThrow(/password authentication failed/)
})
