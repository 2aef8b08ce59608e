import { Redis } from 'ioredis'

/** Resolves when the Redis at this URL answers; rejects when it can't be used. */
export async function probeRedis(redisUrl: string, patienceMs: number): Promise<void> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: patienceMs,
    retryStrategy: () => null,
  })
  // Without a listener the client prints what the rejection says already.
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}
