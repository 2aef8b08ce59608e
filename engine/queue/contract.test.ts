import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Hint, Queue } from '#run/interfaces.ts'
import { testDatabase } from '../store/testing/database.ts'
import { createQueue } from './index.ts'
import { emptyQueues } from './testing/empty-queues.ts'
import { hasRedis, testRedis } from './testing/redis.ts'

interface Server {
  options: { postgresUrl: string } | { redisUrl: string }
  /** Loses everything that any queue on it holds. */
  wipe(): Promise<void>
  stop(): Promise<void>
}

const hint = (stepId: string, more: Partial<Hint> = {}): Hint => ({
  organisationId: 'org',
  runId: 'run',
  stepId,
  attempt: 0,
  ...more,
})

/** Collects what arrives, in order; `until` resolves once that many have. */
function arrivals<T>() {
  const seen: T[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  return {
    seen,
    push(item: T) {
      seen.push(item)
      for (const wait of waiting) if (seen.length >= wait.count) wait.resolve()
    },
    until: (count: number) =>
      new Promise<void>((resolve) => (seen.length >= count ? resolve() : waiting.push({ count, resolve }))),
  }
}

function contract(start: () => Promise<Server>) {
  let server: Server
  let number = 0
  const open: Queue[] = []
  const warnings: { facts: object; message: string }[] = []

  const queueNamed = async (name: string) => {
    const log = { warn: (facts: object, message: string) => void warnings.push({ facts, message }) }
    const queue = await createQueue({ ...server.options, name, log })
    open.push(queue)
    return queue
  }
  const newQueue = () => queueNamed(`contract-${++number}`)
  const collector = async (queue: Queue, concurrency = 1) => {
    const got = arrivals<Hint>()
    await queue.consume(concurrency, async (one) => got.push(one))
    return got
  }
  /** Time for anything that would happen by itself to happen: a hint's whole way through another queue. */
  const roundTrip = async () => {
    const queue = await newQueue()
    const got = await collector(queue)
    await queue.add([hint('round-trip')])
    await got.until(1)
  }

  beforeAll(async () => {
    server = await start()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((queue) => queue.close()))
    warnings.length = 0
  })
  afterAll(() => server?.stop())

  test('every added hint arrives once, as it was added', async () => {
    const queue = await newQueue()
    const got = await collector(queue, 20)
    const added = Array.from({ length: 1_201 }, (_, index) => hint(`step-${index}`, { attempt: index % 3 }))
    await queue.add(added)
    await got.until(added.length)
    await queue.close()
    const byStep = (left: Hint, right: Hint) => left.stepId.localeCompare(right.stepId)
    expect(got.seen.toSorted(byStep)).toEqual(added.toSorted(byStep))
  })

  test('a hint added before anybody consumes waits for the consumer', async () => {
    const queue = await newQueue()
    await queue.add([hint('early')])
    const got = await collector(queue)
    await got.until(1)
    expect(got.seen).toEqual([hint('early')])
  })

  test('hints added one by one to an idle consumer arrive within a second each', async () => {
    const queue = await newQueue()
    const got = await collector(queue, 4)
    const waits: number[] = []
    for (let index = 0; index < 100; index++) {
      const added = performance.now()
      await queue.add([hint(`single-${index}`)])
      await got.until(index + 1)
      waits.push(performance.now() - added)
    }
    expect(Math.max(...waits)).toBeLessThan(1_000)
  })

  test('a duplicate of a waiting hint is dropped, another attempt of the same step is not', async () => {
    const queue = await newQueue()
    await queue.add([hint('twice'), hint('twice')])
    await queue.add([hint('twice')])
    await queue.add([hint('twice', { attempt: 1 }), hint('last')])
    const got = await collector(queue)
    await got.until(3)
    expect(got.seen).toEqual([hint('twice'), hint('twice', { attempt: 1 }), hint('last')])
  })

  test('a hint that was handled can be added again', async () => {
    const queue = await newQueue()
    const got = await collector(queue)
    await queue.add([hint('again'), hint('between')])
    await got.until(2)
    await queue.add([hint('again')])
    await got.until(3)
    expect(got.seen.map((one) => one.stepId)).toEqual(['again', 'between', 'again'])
  })

  test('a delayed hint arrives no earlier than its delay and holds nothing up', async () => {
    const queue = await newQueue()
    const got = arrivals<{ stepId: string; at: number }>()
    await queue.consume(1, async ({ stepId }) => got.push({ stepId, at: Date.now() }))
    const added = Date.now()
    await queue.add([hint('late', { delayMs: 400 }), hint('prompt')])
    await got.until(2)
    expect(got.seen.map((one) => one.stepId)).toEqual(['prompt', 'late'])
    expect((got.seen[1]?.at ?? 0) - added).toBeGreaterThanOrEqual(400)
    expect((got.seen[1]?.at ?? 0) - added).toBeLessThan(2_400)
  })

  test('a hint overtakes one that is due in an hour', async () => {
    const queue = await newQueue()
    await queue.add([hint('in an hour', { delayMs: 3_600_000 })])
    const got = await collector(queue)
    await roundTrip()
    const added = performance.now()
    await queue.add([hint('now')])
    await got.until(1)
    expect(got.seen).toEqual([hint('now')])
    expect(performance.now() - added).toBeLessThan(1_500)
  })

  test('a handler that throws loses only its hint and is written to the log', async () => {
    const queue = await newQueue()
    const got = arrivals<string>()
    await queue.consume(1, async ({ stepId }) => {
      got.push(stepId)
      if (stepId === 'bad') throw new Error('no such step')
    })
    await queue.add([hint('bad'), hint('good')])
    await got.until(2)
    await queue.add([hint('bad')])
    await got.until(3)
    expect(got.seen).toEqual(['bad', 'good', 'bad'])
    await queue.close()
    expect(warnings.map((warning) => warning.message)).toEqual(['hint handler failed', 'hint handler failed'])
    expect(warnings[0]?.facts).toMatchObject({
      hint: { stepId: 'bad' },
      failure: { code: 'internal.unexpected' },
    })
  })

  test('no more handlers run at a time than the concurrency allows', async () => {
    const queue = await newQueue()
    const started = arrivals<() => void>()
    let running = 0
    let most = 0
    await queue.consume(3, async () => {
      most = Math.max(most, ++running)
      await new Promise<void>((release) => started.push(release))
      running--
    })
    await queue.add(Array.from({ length: 7 }, (_, index) => hint(`held-${index}`)))
    await started.until(3)
    await roundTrip()
    expect(started.seen).toHaveLength(3)
    for (let index = 0; index < 7; index++) {
      await started.until(index + 1)
      started.seen[index]?.()
    }
    await queue.close()
    expect(most).toBe(3)
  })

  test('two consumers share the hints, each hint going to one of them', async () => {
    const [first, second] = [await queueNamed('shared'), await queueNamed('shared')]
    const got = arrivals<{ by: number; stepId: string }>()
    const gate = Promise.withResolvers<void>()
    const handler = (by: number) => async (one: Hint) => {
      got.push({ by, stepId: one.stepId })
      await gate.promise
    }
    await first.consume(1, handler(1))
    await second.consume(1, handler(2))
    await first.add(Array.from({ length: 6 }, (_, index) => hint(`shared-${index}`)))
    await got.until(2)
    expect(new Set(got.seen.map((one) => one.by))).toEqual(new Set([1, 2]))
    gate.resolve()
    await got.until(6)
    expect(new Set(got.seen.map((one) => one.stepId)).size).toBe(6)
  })

  test('close waits for handlers in flight and takes no further hint', async () => {
    const queue = await newQueue()
    const started = arrivals<string>()
    const gate = Promise.withResolvers<void>()
    let finished = false
    await queue.consume(1, async ({ stepId }) => {
      started.push(stepId)
      await gate.promise
      finished = true
    })
    await queue.add([hint('in flight'), hint('waiting')])
    await started.until(1)
    let closed = false
    const closing = queue.close().then(() => (closed = true))
    await roundTrip()
    expect(closed).toBe(false)
    gate.resolve()
    await closing
    expect(finished).toBe(true)
    expect(started.seen).toEqual(['in flight'])
  })

  test('a paused queue leaves further hints to others, and still takes some', async () => {
    const name = `contract-${++number}`
    const [first, second] = [await queueNamed(name), await queueNamed(name)]
    const got = arrivals<{ stepId: string; by: number }>()
    const gate = Promise.withResolvers<void>()
    await first.consume(1, async ({ stepId }) => {
      got.push({ stepId, by: 1 })
      await gate.promise
    })
    await first.add([hint('in flight')])
    await got.until(1)
    await first.pause()
    gate.resolve()
    await second.consume(1, async ({ stepId }) => got.push({ stepId, by: 2 }))
    await first.add([hint('one'), hint('two')])
    await got.until(3)
    expect(got.seen.map(({ by }) => by)).toEqual([1, 2, 2])
  })

  test('losing all data leaves the queue usable, also for the hints that were lost', async () => {
    const queue = await newQueue()
    const gate = Promise.withResolvers<void>()
    const got = arrivals<string>()
    await queue.consume(1, async ({ stepId }) => {
      got.push(stepId)
      await gate.promise
    })
    await queue.add([hint('in flight'), hint('lost')])
    await got.until(1)
    await server.wipe()
    gate.resolve()
    await queue.add([hint('lost')])
    await got.until(2)
    await server.wipe()
    await queue.add([hint('after')])
    await got.until(3)
    expect(got.seen).toEqual(['in flight', 'lost', 'after'])
  })
}

describe('the queue on Postgres', () => {
  contract(async () => {
    const database = await testDatabase()
    return {
      options: { postgresUrl: database.url },
      wipe: () => emptyQueues(database.url),
      stop: () => database.close(),
    }
  })

  test('the application role keeps its queue in a schema made for it, without the right to make one', async () => {
    const database = await testDatabase()
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    await admin.query(`REVOKE CREATE ON DATABASE ${admin.database} FROM pressroom_app`)
    await admin.query('CREATE SCHEMA IF NOT EXISTS bullmq; GRANT ALL ON SCHEMA bullmq TO pressroom_app')
    await admin.end()
    const queue = await createQueue({ postgresUrl: database.url, log: { warn: () => undefined } })
    const got = arrivals<Hint>()
    await queue.consume(1, async (one) => got.push(one))
    await queue.add([hint('by the application role')])
    await got.until(1)
    await queue.close()
    await database.close()
    expect(got.seen).toEqual([hint('by the application role')])
  })
})

describe.skipIf(!hasRedis())('the queue on Redis (needs redis-server: apt-get install redis-server)', () => {
  contract(async () => {
    const redis = await testRedis()
    return { options: { redisUrl: redis.url }, wipe: () => redis.flush(), stop: () => redis.stop() }
  })
})

describe('a queue that cannot be reached', () => {
  test.for([
    { server: 'Redis', options: { redisUrl: 'redis://127.0.0.1:9' } },
    { server: 'Postgres', options: { postgresUrl: 'postgres://nobody@127.0.0.1:9/none' } },
  ])('says so for $server when it is opened', async ({ server, options }) => {
    const opening = createQueue({ ...options, log: { warn: () => undefined } })
    await expect(opening).rejects.toMatchObject({
      failure: { code: 'queue.unreachable', retryable: true, facts: { server } },
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('says what to set when there is no URL at all', async () => {
    await expect(createQueue({ log: { warn: () => undefined } })).rejects.toMatchObject({
      failure: { code: 'config.invalid' },
    })
  })
})
