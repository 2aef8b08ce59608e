/** Many runs in one engine: whether memory stays where it was. */
import { parseArgs } from 'node:util'
import { childrenRss } from './lib/cpu.ts'
import { RUNS_AT_A_TIME, STEPS, many, withEngine } from './lib/chain.ts'
import { type Benchmark, milliseconds, round } from './lib/measure.ts'
import { withPostgres } from './lib/servers.ts'

const RUNS = 50_000
const SAMPLES = 20
/** What the last quarter may hold beyond the second one: the first is start and warming up. */
const GROWTH_LIMIT = 1.1
const MEGABYTE = 2 ** 20

interface Memory {
  rssMb: number
  heapMb: number
  sandboxRssMb: number
}

const median = (values: number[]) => values.toSorted((left, right) => left - right)[values.length >> 1] ?? NaN

const soak: Benchmark = async (emit, args) => {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: String(RUNS) } } })
  const each = Math.ceil(Number(values.runs) / SAMPLES)
  const taken: Memory[] = []
  await withPostgres((databaseUrl, postgresPid) =>
    withEngine({ databaseUrl, postgresPid, redisUrl: '' }, 'all', async (engine, flowId) => {
      for (let sample = 1; sample <= SAMPLES; sample++) {
        const ms = await milliseconds(() => many(engine, flowId, each))
        globalThis.gc?.()
        const { rss, heapUsed } = process.memoryUsage()
        const memory = {
          rssMb: round(rss / MEGABYTE),
          heapMb: round(heapUsed / MEGABYTE),
          sandboxRssMb: round(childrenRss(process.pid) / MEGABYTE),
        }
        taken.push(memory)
        emit('soak', { runs: sample * each, runsPerSecond: round((each * 1_000) / ms, 1), ...memory })
      }
    }),
  )
  const quarter = SAMPLES / 4
  const growth = (of: keyof Memory) => {
    const [early, late] = [taken.slice(quarter, 2 * quarter), taken.slice(-quarter)]
    return round(median(late.map((memory) => memory[of])) / median(early.map((memory) => memory[of])))
  }
  const growths = {
    rssGrowth: growth('rssMb'),
    heapGrowth: growth('heapMb'),
    sandboxRssGrowth: growth('sandboxRssMb'),
  }
  emit('memory after many runs', {
    runs: SAMPLES * each,
    stepsPerRun: STEPS,
    runsAtATime: RUNS_AT_A_TIME,
    ...growths,
    limitGrowth: GROWTH_LIMIT,
    kept: Object.values(growths).every((times) => times <= GROWTH_LIMIT),
  })
}

export default soak
