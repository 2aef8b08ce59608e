import { describe, expect, test } from 'vitest'
import { hasRedis, testRedis } from '../engine/queue/testing/redis.ts'
import { installation, startRun } from './support/installation.ts'
import { eventsOf, signedIn } from './support/signed-in.ts'

async function withRedis(work: (environment: Record<string, string>) => Promise<void>): Promise<void> {
  const redis = await testRedis()
  try {
    await work({ REDIS_URL: redis.url })
  } finally {
    await redis.stop()
  }
}

async function survivesAWorker(environment: Record<string, string>): Promise<void> {
  const { apis, workers, ollama, end } = await installation({ apis: 1, workers: 2 }, environment)
  try {
    const health = await Promise.all(workers.map(({ url }) => fetch(`${url}/readyz`)))
    expect(health.map(({ status }) => status)).toEqual([200, 200])
    const client = await signedIn(apis[0]?.url ?? '')
    const runId = await startRun(client)
    await ollama.until(({ finished }) => finished >= 3)
    await workers[0]?.kill()
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
    const { apis, ollama, end } = await installation({ apis: 1, workers: 2 })
    try {
      const client = await signedIn(apis[0]?.url ?? '')
      ollama.setFault('hang-after-first-chunk')
      const runId = await startRun(client)
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
    () => withRedis(survivesAWorker),
  )
})

const RUNS_PER_RESTART = 3

/** Three workers are replaced one after the other, then two are taken away, while runs are started and followed. */
async function survivesARollingRestart(environment: Record<string, string>): Promise<void> {
  const { apis, workers, ollama, startWorker, end } = await installation({ apis: 2, workers: 3 }, environment)
  try {
    ollama.setFault('slow')
    // No session sticks to a process: what one API has started is followed at the other.
    const [one, other] = [await signedIn(apis[0]?.url ?? ''), await signedIn(apis[1]?.url ?? '')]
    const followed: Promise<{ seq: number }[]>[] = []
    const runIds: string[] = []
    for (const worker of workers.slice()) {
      for (let run = 0; run < RUNS_PER_RESTART; run++) {
        const runId = await startRun(run % 2 === 0 ? one : other)
        runIds.push(runId)
        followed.push(eventsOf(run % 2 === 0 ? other : one, runId).ended)
      }
      const { calls } = ollama.counters
      await ollama.until((counters) => counters.calls > calls + 3)
      workers.push(await startWorker())
      expect(await worker.stop()).toBe(0)
    }
    for (const worker of workers.slice(3, 5)) expect(await worker.stop()).toBe(0)
    ollama.setFault('none')

    for (const events of await Promise.all(followed)) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    }
    const records = await Promise.all(runIds.map((id) => one.runs.record.query({ id })))
    expect(records.map(({ status }) => status)).toEqual(runIds.map(() => 'succeeded'))
    for (const { events, steps } of records) {
      const ended = events.flatMap(({ body }) => (body.type === 'step.succeeded' ? [body.stepId] : []))
      expect(new Set(ended).size).toBe(ended.length)
      expect(ended).toHaveLength(steps.length)
      expect(steps.flatMap(({ attempts }) => attempts).filter(({ failure }) => failure !== null)).toEqual([])
    }
    const recorded = records.reduce((sum, { usage }) => sum + usage.calls, 0)
    expect(ollama.counters.finished).toBe(recorded)
  } finally {
    await end()
  }
}

describe('two APIs and three workers under load', () => {
  test('every worker is restarted and some are taken away without a step lost or done twice, with the queue on Postgres', () =>
    survivesARollingRestart({}))

  test.skipIf(!hasRedis())(
    'every worker is restarted and some are taken away without a step lost or done twice, with the queue on Redis',
    () => withRedis(survivesARollingRestart),
  )
})
