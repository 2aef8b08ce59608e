/** Durable, sandboxed steps next to what BullMQ alone does with empty jobs, in the same run on the same servers. */
import { readFileSync } from 'node:fs'
import type { BriefInput, Flow } from '#graph'
import { followRun } from '../engine/cli/follow-run.ts'
import type { Engine } from '../engine/cli/pressroom.ts'
import { readConfig } from '../engine/config.ts'
import { wire } from '../engine/main.ts'
import { type RawJobs, rawJobs } from './baselines.ts'
import { cpuMsOf, cpuMsWithChildren, spent } from './lib/cpu.ts'
import { type Benchmark, type Emit, milliseconds, perSecond, round, spread } from './lib/measure.ts'
import { withFolder, withPostgres, withRedis } from './lib/servers.ts'

const STEPS = 10
const RUNS = 200
const RUNS_AT_A_TIME = 32
const WARM_UP_RUNS = 40
const SINGLE_RUNS = 100

const brief: BriefInput = {
  topic: 'Benchmarks',
  audience: 'Engineers',
  goal: 'Know the speed',
  keyPoints: ['Every step is durable'],
  tone: 'professional',
}

/** A brief and nine nodes that hand on what they get: all of it is durability and sandbox. */
const chain: Flow = {
  schemaVersion: 1,
  name: 'Ten trivial steps',
  description: '',
  nodes: Array.from({ length: STEPS }, (_, index) => ({
    id: `n${index}`,
    type: index === 0 ? 'brief' : 'merge',
    version: 1,
    position: { x: index * 300, y: 0 },
    config: (index === 0 ? { contentType: 'blog-post' } : {}) as Flow['nodes'][number]['config'],
  })),
  edges: Array.from({ length: STEPS - 1 }, (_, index) => ({
    id: `e${index}`,
    source: { node: `n${index}`, port: index === 0 ? 'brief' : 'out' },
    target: { node: `n${index + 1}`, port: 'a' },
  })),
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

const isSandbox = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('process/main.ts')

async function once(engine: Engine, flowId: string): Promise<void> {
  const { organisationId, runs, reader } = engine
  const { runId } = await runs.start(organisationId, { flowId }, { brief })
  const status = await followRun(reader, organisationId, runId, () => undefined)
  if (status !== 'succeeded') throw new Error(`run ${runId} ended as ${status}`)
}

async function many(engine: Engine, flowId: string, count: number): Promise<void> {
  let left = count
  const lane = async () => {
    while (left-- > 0) await once(engine, flowId)
  }
  await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, lane))
}

async function measure(
  emit: Emit,
  raw: RawJobs,
  databaseUrl: string,
  postgresPid: number,
  redisUrl = '',
): Promise<void> {
  await withFolder(async (folder) => {
    const environment = { DATA_DIR: folder, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
    const pressroom = wire(readConfig(environment), { level: 'error' })
    try {
      const engine = await pressroom.openEngine()
      const { id } = await engine.flows.fromTemplate(engine.organisationId, {
        id: 'bench-chain',
        flow: chain,
      })
      await many(engine, id, WARM_UP_RUNS)
      let ms = 0
      const cpu = await spent(
        {
          engine: () => process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000,
          sandbox: () => cpuMsWithChildren(process.pid, isSandbox) - cpuMsOf(process.pid),
          postgres: () => cpuMsWithChildren(postgresPid),
        },
        async () => void (ms = await milliseconds(() => many(engine, id, RUNS))),
      )
      const single: number[] = []
      for (let index = 0; index < SINGLE_RUNS; index++)
        single.push(await milliseconds(() => once(engine, id)))
      const latency = spread(single)
      const stepsPerSecond = perSecond(RUNS * STEPS, ms)
      emit('ten trivial steps, each durable and sandboxed', {
        queue: raw.backend,
        runs: RUNS,
        runsAtATime: RUNS_AT_A_TIME,
        stepsPerSecond,
        runsPerSecond: round((RUNS * 1_000) / ms, 1),
        engineCpuMsPerRun: round(cpu.engine / RUNS),
        sandboxCpuMsPerRun: round(cpu.sandbox / RUNS),
        postgresCpuMsPerRun: round(cpu.postgres / RUNS),
        singleRunP50Ms: latency.p50Ms,
        singleRunP99Ms: latency.p99Ms,
        rawBullMqJobsPerSecond: raw.drainPerSecond,
        stepsPerRawJob: round(stepsPerSecond / raw.drainPerSecond),
      })
    } finally {
      await pressroom.close()
    }
  })
}

const engine: Benchmark = async (emit) => {
  const onPostgres = await withPostgres((postgresUrl) => rawJobs({ postgresUrl }))
  await withPostgres((url, pid) => measure(emit, onPostgres, url, pid))
  const redis = await withRedis(async (redisUrl) => {
    const onRedis = await rawJobs({ redisUrl })
    await withPostgres((url, pid) => measure(emit, onRedis, url, pid, redisUrl))
    return true
  })
  if (redis === null)
    emit('ten trivial steps, each durable and sandboxed', { queue: 'redis', skipped: 'needs redis-server' })
}

export default engine
