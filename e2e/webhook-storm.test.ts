/** A webhook under fire: thousands of deliveries, many of them again and again, and the server killed in the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../engine/store/testing/database.ts'
import { asAdmin } from '../engine/store/testing/server.ts'
import { freePort } from '../engine/queue/testing/free-port.ts'
import { deliverAll, trivialWebhook } from './support/deliveries.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { signedIn } from './support/signed-in.ts'

const DELIVERIES = 2_000
const DISTINCT = 1_400
const KILLED_AFTER = 700

let data: Awaited<ReturnType<typeof dataFolder>>
let database: TestDatabase
let server: Server
let settings: Record<string, string>
beforeAll(async () => {
  data = await dataFolder()
  database = await testDatabase()
  settings = { DATABASE_URL: database.adminUrl, PORT: String(await freePort()) }
  server = await startServer(data.path, settings)
})
afterAll(async () => {
  await server.stop()
  await database.close()
  await data.remove()
})

test('a storm of 2,000 deliveries with duplicates: each distinct one runs once and none is lost, although the server is killed in the middle', async () => {
  const { path, triggerId } = await trivialWebhook(await signedIn(server.url))
  const restarts: Promise<void>[] = []
  const restart = async () => {
    await server.kill()
    server = await startServer(data.path, settings)
  }
  const sent = await deliverAll(`${server.url}${path}`, {
    count: DELIVERIES,
    distinct: DISTINCT,
    onAnswer: (answered) => {
      if (answered === KILLED_AFTER) restarts.push(restart())
    },
  })
  await Promise.all(restarts)
  expect(sent).toHaveLength(DELIVERIES)
  expect(sent.filter(({ tries }) => tries > 1).length).toBeGreaterThan(0)

  // Whoever sent the same was told of the same call.
  const calls = new Map<string, Set<string>>()
  for (const { id, callId } of sent) calls.set(id, (calls.get(id) ?? new Set()).add(callId))
  expect([...calls.values()].every((ids) => ids.size === 1)).toBe(true)
  expect(calls.size).toBe(DISTINCT)

  const runs = () =>
    asAdmin(database.adminUrl, async (client) => {
      const { rows } = await client.query<{ topic: string; status: string }>(
        `SELECT input -> 'brief' ->> 'topic' AS topic, status FROM runs WHERE started_by = $1`,
        [`trigger:${triggerId}`],
      )
      return rows
    })
  await expect
    .poll(async () => (await runs()).filter(({ status }) => status === 'succeeded').length, {
      timeout: 180_000,
      interval: 1_000,
    })
    .toBe(DISTINCT)
  const topics = (await runs()).map(({ topic }) => topic)
  expect(topics.toSorted()).toEqual([...calls.keys()].toSorted())
}, 400_000)
