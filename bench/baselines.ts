import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq'
import type { BackendFactory, IQueueBackend } from 'bullmq'
import { milliseconds, perSecond, spread } from './lib/measure.ts'
import type { Benchmark } from './lib/measure.ts'
import { withPostgres, withRedis } from './lib/servers.ts'

export type RawTarget = { postgresUrl: string } | { redisUrl: string }

export interface RawJobs {
  backend: 'postgres' | 'redis'
  jobs: number
  concurrency: number
  bulkAddPerSecond: number
  drainPerSecond: number
  /** From add to the start of the job, one at a time. */
  latency: ReturnType<typeof spread>
}

const BULK = 500
const LATENCY_SAMPLES = 300
const LATENCY_WARM_UP = 20

/** BullMQ alone, as its manual has it: empty jobs, no durability of anything but the queue. */
export function rawJobs(target: RawTarget, { jobs = 5_000, concurrency = 50 } = {}): Promise<RawJobs> {
  return 'redisUrl' in target
    ? measure(
        'redis',
        createRedisBackend,
        { url: target.redisUrl, maxRetriesPerRequest: null },
        jobs,
        concurrency,
      )
    : measure(
        'postgres',
        createPostgresBackend,
        { connectionString: target.postgresUrl, migrate: true },
        jobs,
        concurrency,
      )
}

async function measure<B extends IQueueBackend, C>(
  backend: RawJobs['backend'],
  factory: BackendFactory<B, C>,
  connection: NoInfer<C>,
  jobs: number,
  concurrency: number,
): Promise<RawJobs> {
  const { Queue, Worker } = withBackend(factory)
  const name = `raw-${process.pid}-${Math.round(performance.now() * 1_000)}`
  const options = { removeOnComplete: true, removeOnFail: true }
  const queue = new Queue(name, { connection, defaultJobOptions: options })
  await queue.waitUntilReady()
  let onJob = () => {}
  const worker = new Worker(name, async () => onJob(), { connection, concurrency, autorun: false })
  await worker.waitUntilReady()

  const adding = await milliseconds(async () => {
    for (let start = 0; start < jobs; start += BULK) {
      const size = Math.min(BULK, jobs - start)
      await queue.addBulk(Array.from({ length: size }, () => ({ name: 'raw', data: {} })))
    }
  })

  const draining = await milliseconds(async () => {
    let left = jobs
    const empty = new Promise<void>((resolve) => (onJob = () => void (--left === 0 && resolve())))
    worker
      .run()
      .catch((error: unknown) =>
        worker.emit('error', error instanceof Error ? error : new Error(String(error))),
      )
    await empty
  })

  const waits: number[] = []
  for (let index = 0; index < LATENCY_WARM_UP + LATENCY_SAMPLES; index++) {
    const started = performance.now()
    const arrived = new Promise<number>((resolve) => (onJob = () => resolve(performance.now())))
    await queue.add('raw', {})
    waits.push((await arrived) - started)
  }

  await worker.close()
  await queue.close()
  return {
    backend,
    jobs,
    concurrency,
    bulkAddPerSecond: perSecond(jobs, adding),
    drainPerSecond: perSecond(jobs, draining),
    latency: spread(waits.slice(LATENCY_WARM_UP)),
  }
}

const baselines: Benchmark = async (emit) => {
  const show = ({ latency, ...figures }: RawJobs) =>
    emit('raw BullMQ jobs', {
      ...figures,
      latencyP50Ms: latency.p50Ms,
      latencyP99Ms: latency.p99Ms,
      latencyMaxMs: latency.maxMs,
    })
  await withPostgres(async (postgresUrl) => show(await rawJobs({ postgresUrl })))
  const redis = await withRedis(async (redisUrl) => show(await rawJobs({ redisUrl })))
  if (redis === null) emit('raw BullMQ jobs', { backend: 'redis', skipped: 'needs redis-server' })
}

export default baselines
