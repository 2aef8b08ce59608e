import { isAlive } from '../process-identity.ts'
import { migratedTemplate, openTestServer, takingTurns } from './server.ts'

/** Keeps the test server up for a whole run and clears away what interrupted runs left behind. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await openTestServer()
  await takingTurns(server, async (client) => {
    const template = await migratedTemplate(server, client)
    const { rows } = await client.query<{ name: string; pid: number }>(
      `SELECT datname AS name, (regexp_match(datname, '^test_([0-9]+)_'))[1]::int AS pid
       FROM pg_database WHERE datname ~ '^test_[0-9]+_' OR (datname ~ '^template_[0-9a-f]{16}$' AND datname <> $1)`,
      [template],
    )
    for (const { name, pid } of rows) {
      const inUse = pid !== null && (await isAlive({ pid, started: '' }))
      if (!inUse) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    }
  })
  return () => server.close()
}
