import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noChanges } from './run-store-changes.ts'
import { begin } from './run-store-connection.ts'
import { writeQuery } from './run-store-writes.ts'
import { testDatabase, testOrganisation, type TestDatabase } from './testing/database.ts'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await testDatabase()
  await testOrganisation(database, 'acme')
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.close()
})

test('the check that a row belongs to a run of its organisation looks that run up, though no run was there yet', async () => {
  const check = 'SELECT 1 FROM ONLY runs x WHERE organisation_id = $1 AND id = $2 FOR KEY SHARE OF x' // what a foreign key asks
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const { rows } = await admin.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${check}`)
  await admin.end()
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('(organisation_id = $1) AND (id = $2)')
})

test('a commit finds what it changes by its id, though its plan was made while the tables were small', async () => {
  const changes = noChanges()
  changes.runs.set('run', {})
  changes.changedSteps.set('step', { id: 'step' } as never)
  changes.endedStreams.push({ run_id: 'run', step_id: null })
  const text = writeQuery('acme', changes)?.text
  await client.query(begin('acme'))
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`)
  await client.query('ROLLBACK')
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  const found = ['Update on steps', 'Delete on step_streams', 'Update on runs'].map(
    (part) => /Index Cond: (.*)/.exec(plan.slice(plan.indexOf(part)))?.[1],
  )
  expect(found).toEqual([
    expect.stringContaining('id = ANY ($6)'),
    expect.stringContaining('run_id = ANY ($3)'),
    expect.stringContaining('id = ANY ($3)'),
  ])
})
