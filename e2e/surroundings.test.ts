import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDatabase } from '../engine/store/testing/database.ts'
import { asAdmin } from '../engine/store/testing/server.ts'
import { startOllamaStandIn } from './ollama-stand-in/server.ts'
import { dataFolder, startServer } from './support/pressroom.ts'
import { eventsOf, signedIn } from './support/signed-in.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')

/** What Postgres says of a full disk, to whoever writes an event. */
const FULL = `
  CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
  CREATE TRIGGER full_disk BEFORE INSERT ON run_events FOR EACH ROW EXECUTE FUNCTION full_disk()`

test('a full disk is said once and shown by /readyz, and runs go on where they were when there is room again', async () => {
  const [data, database, ollama] = [await dataFolder(), await testDatabase(), await startOllamaStandIn()]
  const server = await startServer(data.path, { DATABASE_URL: database.adminUrl, OLLAMA_HOST: ollama.url })
  const ready = async () => {
    const answer = await fetch(`${server.url}/readyz`)
    return { status: answer.status, body: await answer.text() }
  }
  try {
    const client = await signedIn(server.url)
    const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
    const { runId } = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
    await ollama.until(({ finished }) => finished >= 2)
    await asAdmin(database.adminUrl, (admin) => admin.query(FULL))
    await expect
      .poll(ready)
      .toEqual({ status: 503, body: expect.stringContaining("database's disk is full") })
    await expect(
      client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } }),
    ).rejects.toThrow("The database's disk is full.")
    await asAdmin(database.adminUrl, (admin) => admin.query('DROP FUNCTION full_disk() CASCADE'))

    const events = await eventsOf(client, runId).ended
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const document = await client.runs.get.query({ id: runId })
    expect(document.status).toBe('succeeded')
    expect(ollama.counters.finished).toBe(document.usage.calls)
    expect((await ready()).status).toBe(200)
    expect(server.output().split("The database's disk is full. Free some space")).toHaveLength(2)
  } finally {
    await server.stop()
    await ollama.close()
    await database.close()
    await data.remove()
  }
})
