import { PressroomError } from '#graph'
import type { At, Queue } from '#run/interfaces.ts'
import type { QueueLog } from './bull-queue.ts'
import { createPostgresQueue } from './postgres.ts'
import { createRedisQueue } from './redis.ts'

export type { QueueLog } from './bull-queue.ts'
export { probeRedis } from './probe.ts'

export interface QueueOptions {
  /** The application role's URL. Used when `redisUrl` is absent. */
  postgresUrl?: string
  redisUrl?: string
  /** Hints of queues with different names never meet. */
  name?: string
  log: QueueLog
  at?: At
}

/** @throws PressroomError `queue.unreachable` when the server can't be used, `config.invalid` without a URL. */
export async function createQueue({
  postgresUrl,
  redisUrl,
  name = 'steps',
  log,
  at = () => {},
}: QueueOptions): Promise<Queue> {
  if (redisUrl) return createRedisQueue(redisUrl, name, log, at)
  if (postgresUrl) return createPostgresQueue(postgresUrl, name, log, at)
  throw new PressroomError({
    code: 'config.invalid',
    message: 'The queue has neither a Postgres nor a Redis server.',
    fix: 'Set DATABASE_URL or REDIS_URL, or leave both out to use the embedded Postgres.',
  })
}
