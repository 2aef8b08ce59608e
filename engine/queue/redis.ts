import { createRedisBackend } from 'bullmq'
import { Redis } from 'ioredis'
import type { At, Queue } from '#run/interfaces.ts'
import { createBullQueue, unreachable } from './bull-queue.ts'
import type { QueueLog } from './bull-queue.ts'

const CONNECT_MS = 5_000

export async function createRedisQueue(url: string, name: string, log: QueueLog, at: At): Promise<Queue> {
  await probe(url)
  return createBullQueue(
    name,
    createRedisBackend,
    { producer: { url, maxRetriesPerRequest: 1 }, consumer: { url, maxRetriesPerRequest: null } },
    log,
    at,
  )
}

/** BullMQ waits for ever for a server that isn't there; a start-up has to say so. */
async function probe(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_MS, retryStrategy: () => null })
  let reason: unknown
  redis.on('error', (error) => (reason = error))
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    throw unreachable('Redis', reason ?? error)
  } finally {
    redis.disconnect()
  }
}
