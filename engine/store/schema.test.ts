import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { expect, it } from 'vitest'
import { testDatabase } from './testing/database.ts'
import { asAdmin, openTestServer, urlOf } from './testing/server.ts'

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url)

/** Columns, indexes and constraints of a database, each as one line. */
const DESCRIPTION = `
  SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL
  SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype = 'f'`

const describeDatabase = (url: string) =>
  asAdmin(url, async (client) =>
    (await client.query<{ line: string }>(DESCRIPTION)).rows.map((row) => row.line),
  )

/** The SQL that Prisma derives from the schema for an empty database. */
async function sqlOfSchema(url: string): Promise<string> {
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(url))
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, adapter)
  const files = [{ path: 'schema.prisma', content: await readFile(SCHEMA, 'utf8') }]
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout ?? ''
}

it('follows from the migrations, but for the partial indexes and the keys that the schema says it can not state', async () => {
  const migrated = await testDatabase()
  const server = await openTestServer()
  const name = `test_${process.pid}_schema`
  try {
    await asAdmin(server.adminUrl, (client) => client.query(`CREATE DATABASE ${name}`))
    const sql = await sqlOfSchema(urlOf(server, name))
    await asAdmin(urlOf(server, name), (client) => client.query(sql))
    const stated = new Set(await describeDatabase(urlOf(server, name)))
    const made = new Set(await describeDatabase(migrated.adminUrl))
    expect([...stated].filter((line) => !made.has(line))).toEqual([])
    const isPartialIndex = (line: string) => /^CREATE INDEX .* WHERE /.test(line)
    const unstated = [...made].filter((line) => !stated.has(line) && !isPartialIndex(line))
    expect(unstated.sort()).toEqual([
      expect.stringContaining('flows flows_organisation_id_team_id_fkey'),
      expect.stringContaining('runs runs_organisation_id_flow_id_fkey'),
      expect.stringContaining('runs runs_organisation_id_flow_version_id_fkey'),
      expect.stringContaining('runs runs_organisation_id_parent_run_id_fkey'),
      expect.stringContaining('runs runs_organisation_id_rerun_of_fkey'),
      expect.stringContaining('runs runs_organisation_id_retry_of_fkey'),
      expect.stringContaining('triggers triggers_organisation_id_member_id_fkey'),
      expect.stringContaining('triggers triggers_organisation_id_service_account_id_fkey'),
    ])
  } finally {
    await asAdmin(server.adminUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    await server.close()
    await migrated.close()
  }
})
