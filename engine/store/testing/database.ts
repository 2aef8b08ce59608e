import { randomBytes } from 'node:crypto'
import { appUrl } from '../app-role.ts'
import { asAdmin, migratedTemplate, openTestServer, takingTurns, urlOf } from './server.ts'

const LOOKS = 200

export interface TestDatabase {
  /** As the owner of the tables. */
  adminUrl: string
  /** As the application's role. */
  url: string
  /** Drops the database. */
  close(): Promise<void>
}

/** A migrated database that no other test sees, without any rows. Close it in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await openTestServer()
  // The process number lets a later run tell what an interrupted one left behind.
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  const adminUrl = urlOf(server, name)
  await takingTurns(server, async (client) => {
    const template = await migratedTemplate(server, client)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    await client.query(`GRANT CREATE ON DATABASE ${name} TO pressroom_app`)
  })
  return {
    adminUrl,
    url: appUrl(adminUrl),
    async close() {
      await asAdmin(server.adminUrl, async (client) => {
        // Connections of a pool that has ended are still saying goodbye: cut off in that, they take the test down.
        const leaving = `SELECT FROM pg_stat_activity WHERE datname = '${name}'`
        for (let looks = 0; looks < LOOKS && (await client.query(leaving)).rowCount !== 0; looks += 1);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      })
      await server.close()
    },
  }
}

/** Adds an organisation, which nearly everything belongs to. */
export async function testOrganisation(database: TestDatabase, id: string): Promise<string> {
  await asAdmin(database.adminUrl, (client) =>
    client.query('INSERT INTO organisations (id, name, slug) VALUES ($1, $1, $1)', [id]),
  )
  return id
}
