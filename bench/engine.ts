/** Durable, sandboxed steps next to what BullMQ alone does with empty jobs, in the same run on the same servers. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Server, startServer } from '../e2e/support/pressroom.ts'
import { type RawTarget, rawJobs } from './baselines.ts'
import { RUNS_AT_A_TIME, STEPS, type Servers, WARM_UP_RUNS, many, once, withEngine } from './lib/chain.ts'
import { cpuMsOf, cpuMsWithChildren, spent } from './lib/cpu.ts'
import { type Benchmark, type Emit, milliseconds, perSecond, round, spread } from './lib/measure.ts'
import { withPostgres, withRedis } from './lib/servers.ts'

const RUNS = 400
const SINGLE_RUNS = 100
/** What the product promises on two idle cores. */
const LIMITS = { postgres: 100, redis: 150 }
const SINGLE_LIMIT_MS = 60
const EVENT_LIMIT_MS = 100

const isSandbox = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process/main.ts')

async function measure(emit: Emit, servers: Servers, runs: number): Promise<void> {
  const queue = servers.redisUrl ? 'redis' : 'postgres'
  await withEngine(servers, 'all', async (engine, flowId) => {
    await many(engine, flowId, WARM_UP_RUNS)
    let ms = 0
    const cpu = await spent(
      {
        engine: () => cpuMsOf(process.pid),
        sandbox: () => cpuMsWithChildren(process.pid, isSandbox) - cpuMsOf(process.pid),
        postgres: () => cpuMsWithChildren(servers.postgresPid),
      },
      async () => void (ms = await milliseconds(() => many(engine, flowId, runs))),
    )
    const single: number[] = []
    const seen: number[] = []
    for (let index = 0; index < SINGLE_RUNS; index++)
      single.push(await milliseconds(() => once(engine, flowId, seen)))
    const [latency, delivery] = [spread(single), spread(seen)]
    const runsPerSecond = round((runs * 1_000) / ms, 1)
    emit('ten trivial steps, each durable and sandboxed', {
      queue,
      runs,
      runsAtATime: RUNS_AT_A_TIME,
      stepsPerSecond: perSecond(runs * STEPS, ms),
      runsPerSecond,
      limitRunsPerSecond: LIMITS[queue],
      kept: runsPerSecond >= LIMITS[queue],
      cpuMsPerRun: round((cpu.engine + cpu.sandbox + cpu.postgres) / runs),
      engineCpuMsPerRun: round(cpu.engine / runs),
      sandboxCpuMsPerRun: round(cpu.sandbox / runs),
      postgresCpuMsPerRun: round(cpu.postgres / runs),
    })
    emit('one run at a time', {
      queue,
      runs: SINGLE_RUNS,
      p50Ms: latency.p50Ms,
      p99Ms: latency.p99Ms,
      limitP50Ms: SINGLE_LIMIT_MS,
      kept: latency.p50Ms <= SINGLE_LIMIT_MS,
    })
    // The clock of an event is read when its run is locked: what the commit took is in these figures.
    emit('event to subscriber', {
      queue,
      events: seen.length,
      p50Ms: delivery.p50Ms,
      p99Ms: delivery.p99Ms,
      limitP99Ms: EVENT_LIMIT_MS,
      kept: delivery.p99Ms <= EVENT_LIMIT_MS,
    })
  })
}

/** Runs are started and followed here; workers are processes of their own. */
async function measureWorkers(emit: Emit, servers: Servers, runs: number, counts: number[]): Promise<void> {
  await withEngine(servers, 'api', async (engine, flowId, folder) => {
    const environment = { ROLE: 'worker', DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl }
    const workers: Server[] = []
    let before = 0
    try {
      for (const count of counts.toSorted((left, right) => left - right)) {
        while (workers.length < count) workers.push(await startServer(folder, environment))
        // A process first learns what to compile: that costs much, and is no matter of how many there are.
        await many(engine, flowId, WARM_UP_RUNS * 8 * count)
        let ms = 0
        const cpu = await spent(
          {
            api: () => cpuMsOf(process.pid),
            workers: () => workers.reduce((sum, { pid }) => sum + cpuMsWithChildren(pid), 0),
            postgres: () => cpuMsWithChildren(servers.postgresPid),
          },
          async () => void (ms = await milliseconds(() => many(engine, flowId, runs))),
        )
        const runsPerSecond = round((runs * 1_000) / ms, 1)
        emit('ten trivial steps, workers apart', {
          queue: servers.redisUrl ? 'redis' : 'postgres',
          workers: count,
          cores: availableParallelism(),
          runs,
          runsPerSecond,
          timesTheLast: before === 0 ? null : round(runsPerSecond / before),
          apiCpuMsPerRun: round(cpu.api / runs),
          workersCpuMsPerRun: round(cpu.workers / runs),
          postgresCpuMsPerRun: round(cpu.postgres / runs),
        })
        before = runsPerSecond
      }
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()))
    }
  })
}

async function raw(emit: Emit, target: RawTarget): Promise<void> {
  const { backend, drainPerSecond } = await rawJobs(target)
  emit('raw BullMQ jobs, empty', { queue: backend, jobsPerSecond: drainPerSecond })
}

const engine: Benchmark = async (emit, args) => {
  const { values } = parseArgs({
    args,
    options: {
      queue: { type: 'string', default: 'postgres,redis' },
      runs: { type: 'string', default: String(RUNS) },
      workers: { type: 'string' },
    },
  })
  const runs = Number(values.runs)
  const counts = values.workers?.split(',').map(Number)
  const onServers = async (redisUrl: string) => {
    await withPostgres(async (databaseUrl, postgresPid) => {
      const servers = { databaseUrl, postgresPid, redisUrl }
      await (counts ? measureWorkers(emit, servers, runs, counts) : measure(emit, servers, runs))
    })
    if (counts) return
    if (redisUrl) await raw(emit, { redisUrl })
    else await withPostgres((postgresUrl) => raw(emit, { postgresUrl }))
  }
  const queues = values.queue.split(',')
  if (queues.includes('postgres')) await onServers('')
  if (!queues.includes('redis')) return
  const redis = await withRedis(async (redisUrl) => {
    await onServers(redisUrl)
    return true
  })
  if (redis === null) emit('ten trivial steps', { queue: 'redis', skipped: 'needs redis-server' })
}

export default engine
