import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, testRedis } from '../engine/queue/testing/redis.ts'
import { testDatabase } from '../engine/store/testing/database.ts'
import { startOllamaStandIn } from './ollama-stand-in/server.ts'
import { type Server, dataFolder, startServer } from './support/pressroom.ts'
import { eventsOf, signedIn } from './support/signed-in.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')
const MASTER_KEY = 'a master key that every process of the test shares'

let data: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(() => data.remove())

/** One API process and two workers on a database of their own, with their queue where `environment` says. */
async function installation(environment: Record<string, string>) {
  const database = await testDatabase()
  const ollama = await startOllamaStandIn()
  const common = {
    DATABASE_URL: database.adminUrl,
    PRESSROOM_MASTER_KEY: MASTER_KEY,
    OLLAMA_HOST: ollama.url,
    ...environment,
  }
  const [api, first, second] = [
    await startServer(data.path, { ...common, ROLE: 'api' }),
    await startServer(data.path, { ...common, ROLE: 'worker' }),
    await startServer(data.path, { ...common, ROLE: 'worker' }),
  ] as [Server, Server, Server]
  return {
    api,
    workers: [first, second] as const,
    ollama,
    async end() {
      await Promise.all([api.stop(), first.stop(), second.stop()])
      await ollama.close()
      await database.close()
    },
  }
}

async function survivesAWorker(environment: Record<string, string>): Promise<void> {
  const { api, workers, ollama, end } = await installation(environment)
  try {
    const health = await Promise.all(workers.map(({ url }) => fetch(`${url}/readyz`)))
    expect(health.map(({ status }) => status)).toEqual([200, 200])
    const client = await signedIn(api.url)
    const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
    const { runId } = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
    await ollama.until(({ finished }) => finished >= 3)
    await workers[0].kill()
    const events = await eventsOf(client, runId).ended
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const document = await client.runs.get.query({ id: runId })
    expect(document.status).toBe('succeeded')
    expect(document.drafts).toHaveLength(document.plan.drafts)
    // The one call whose reply arrived as the worker died may have been made again.
    expect(ollama.counters.finished - document.usage.calls).toBeLessThanOrEqual(1)
  } finally {
    await end()
  }
}

describe('one API and two workers on one DATABASE_URL', () => {
  test('a run finishes although a worker is killed in the middle of it, with the queue on Postgres', () =>
    survivesAWorker({}))

  test('a call in flight on a worker stops within a second of its cancellation, asked for in another process', async () => {
    const { api, ollama, end } = await installation({})
    try {
      const client = await signedIn(api.url)
      const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
      ollama.setFault('hang-after-first-chunk')
      const { runId } = await client.runs.start.mutate({ target: { template: TEMPLATE }, input: { brief } })
      await ollama.until(({ calls }) => calls > 0)
      const before = performance.now()
      await client.runs.cancel.mutate({ id: runId })
      await ollama.until(({ aborted }) => aborted > 0)
      expect(performance.now() - before).toBeLessThan(1_000)
      await expect.poll(async () => (await client.runs.get.query({ id: runId })).status).toBe('cancelled')
    } finally {
      await end()
    }
  })

  test.skipIf(!hasRedis())(
    'a run finishes although a worker is killed in the middle of it, with the queue on Redis',
    async () => {
      const redis = await testRedis()
      try {
        await survivesAWorker({ REDIS_URL: redis.url })
      } finally {
        await redis.stop()
      }
    },
  )
})
