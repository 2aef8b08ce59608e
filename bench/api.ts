/** What keeping organisations apart costs a read, and what one API process bears: event streams beside mixed reads. */
import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Agent } from 'undici'
import { type StoreHandle, connectStore, migrate } from '#store'
import { startServer } from '../e2e/support/pressroom.ts'
import { type Client, cookieOf, signedIn } from '../e2e/support/signed-in.ts'
import { createFlowStore } from '../engine/store/flow-store.ts'
import { PrismaClient } from '../engine/store/generated/client.ts'
import { cpuMsOf } from './lib/cpu.ts'
import { type Caller, follow, pathOf, readSteadily } from './lib/load.ts'
import { type Benchmark, type Emit, milliseconds, round, spread } from './lib/measure.ts'
import { withFolder, withPostgres } from './lib/servers.ts'

const PAIRS = 3_000
const WARM_UP_PAIRS = 500
const COST_LIMIT_MS = 1
const STREAMS = 200
const RUNS = 20
const READS_PER_SECOND = 300
const SECONDS = 60
/** Of every run, told to all who follow it. */
const EVENTS_PER_SECOND = 0.5
/** A server that falls behind its requests does not keep up, however few errors there are. */
const P99_LIMIT_MS = 1_000
const WARM_UP_SECONDS = 5
const GALLERY_EVERY = 100

const api: Benchmark = async (emit, [seconds = String(SECONDS)]) => {
  await withPostgres(async (adminUrl) => {
    await migrate(adminUrl)
    await withFolder(async (dataDir) => {
      const settings = { DATABASE_URL: adminUrl, ROLE: 'api' }
      const server = await startServer(dataDir, settings)
      const store = await connectStore(adminUrl)
      try {
        const client = await signedIn(server.url)
        const { id: flowId } = await client.flows.fromTemplate.mutate({
          template: await firstTemplate(client),
        })
        await cost(emit, store, adminUrl, flowId)
        await underLoad(emit, { server, client, store, flowId, seconds: Number(seconds) })
      } finally {
        await store.close()
        await server.stop()
      }
    })
  })
}

async function firstTemplate(client: Client): Promise<string> {
  const [template] = await client.templates.list.query()
  if (!template) throw new Error('there are no templates')
  return template.id
}

/** The same read by the same code: in its organisation's transaction, and as a role that row-level security lets through. */
async function cost(emit: Emit, store: StoreHandle, adminUrl: string, flowId: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 8 })
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  const [scoped, open] = [
    createFlowStore(store.withOrganisation),
    createFlowStore((_organisation, work) => work(prisma)),
  ]
  const times = { scoped: [] as number[], open: [] as number[] }
  for (let pair = 0; pair < WARM_UP_PAIRS + PAIRS; pair++) {
    const one = await milliseconds(() => scoped.get('default', flowId))
    const other = await milliseconds(() => open.get('default', flowId))
    if (pair < WARM_UP_PAIRS) continue
    times.scoped.push(one)
    times.open.push(other)
  }
  await prisma.$disconnect()
  await pool.end()
  const [withScope, without] = [spread(times.scoped), spread(times.open)]
  const addedMs = round(withScope.p50Ms - without.p50Ms)
  emit('a flow read, with row-level security and organisation, and without', {
    reads: PAIRS,
    withP50Ms: withScope.p50Ms,
    withP99Ms: withScope.p99Ms,
    withoutP50Ms: without.p50Ms,
    withoutP99Ms: without.p99Ms,
    addedP50Ms: addedMs,
    limitMs: COST_LIMIT_MS,
    kept: addedMs <= COST_LIMIT_MS,
  })
}

interface Loaded {
  server: { url: string; pid: number }
  client: Client
  store: StoreHandle
  flowId: string
  seconds: number
}

async function underLoad(emit: Emit, { server, client, store, flowId, seconds }: Loaded): Promise<void> {
  const { url, pid } = server
  const { brief } = await client.templates.get.query({ id: await firstTemplate(client) })
  const runIds: string[] = []
  // Nobody takes their steps: this server only answers.
  for (let run = 0; run < RUNS; run++) {
    const started = await client.runs.start.mutate({ target: { flowId }, input: { brief } })
    runIds.push(started.runId)
  }
  const { key } = await client.keys.create.mutate({ name: 'Benchmark' })
  const callers: Caller[] = [
    { url, headers: { cookie: await cookieOf(url) } },
    { url, headers: { authorization: `Bearer ${key}` } },
  ]
  const read = mixedReads(callers, flowId, runIds)
  await readSteadily({ perSecond: READS_PER_SECOND, seconds: Math.min(seconds, WARM_UP_SECONDS) }, read)

  const dispatcher = new Agent({ bodyTimeout: 0, headersTimeout: 30_000 })
  const caller = (place: number) => callers[place % callers.length] as Caller
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, (_, place) =>
      follow(caller(place), runIds[place % RUNS] ?? '', dispatcher),
    ),
  )
  const talk = talkative(store, runIds)
  const [before, own, started] = [cpuMsOf(pid), process.cpuUsage(), performance.now()]
  const reads = await readSteadily({ perSecond: READS_PER_SECOND, seconds }, read)
  const took = performance.now() - started
  const [serverCpuMs, used] = [cpuMsOf(pid) - before, process.cpuUsage(own)]
  const told = await talk.stop()
  await allHeard(streams, told)

  const lost = streams.map((stream, place) => faultOf(stream, told.get(runIds[place % RUNS] ?? '') ?? 0))
  const faults = [...reads.errors, ...lost.filter((fault) => fault !== null)]
  streams.forEach((stream) => stream.close())
  await dispatcher.destroy()
  const latency = spread(reads.latenciesMs)
  emit('event streams beside mixed reads', {
    streams: STREAMS,
    readsPerSecond: round((reads.latenciesMs.length * 1_000) / took, 1),
    seconds: round(took / 1_000, 1),
    reads: reads.latenciesMs.length,
    eventsReceived: streams.reduce((sum, { seen }) => sum + seen.length, 0),
    errors: faults.length,
    firstError: faults[0] ?? null,
    p50Ms: latency.p50Ms,
    p99Ms: latency.p99Ms,
    maxMs: latency.maxMs,
    serverCpuPercent: round((serverCpuMs * 100) / took, 0),
    thisProcessCpuPercent: round((used.user + used.system) / 10 / took, 0),
    kept: faults.length === 0 && latency.p99Ms <= P99_LIMIT_MS,
  })
}

function mixedReads(callers: Caller[], flowId: string, runIds: string[]) {
  const run = (count: number) => ({ id: runIds[count % runIds.length] })
  const reads: ((count: number) => string)[] = [
    () => pathOf('flows.get', { id: flowId }),
    () => pathOf('flows.list'),
    (count) => pathOf('runs.get', run(count)),
    () => pathOf('runs.list', { limit: 25 }),
    () => pathOf('session.get'),
    (count) => pathOf('runs.graph', run(count)),
    () => pathOf('catalog.contentTypes'),
    () => pathOf('flows.versions', { id: flowId }),
    () => pathOf('members.list'),
    // The gallery plans every template: dear, and looked at now and then.
    (count) => ((count + 1) % GALLERY_EVERY === 0 ? pathOf('templates.list') : pathOf('nodes.list')),
  ]
  return (count: number) => ({
    caller: callers[Math.floor(count / reads.length) % callers.length] as Caller,
    path: reads[count % reads.length]?.(count) ?? '',
  })
}

/** Writes into the logs of the runs, as workers would. `stop` answers with the last number of each run. */
function talkative(store: StoreHandle, runIds: string[]) {
  const said = { type: 'step.progress', stepId: 's', nodeId: 'n', path: '', label: '', attempt: 1 } as const
  const last = new Map<string, number>()
  const ending = new AbortController()
  const talking = (async () => {
    while (!ending.signal.aborted) {
      const settled = await store.runs.transact(
        runIds.map((runId) => ({
          organisationId: 'default',
          runId,
          stepIds: [],
          wantReady: 0,
          apply: () => ({ events: [{ ...said, message: `at ${new Date().toISOString()}` }] }),
        })),
      )
      for (const result of settled) if (result.status === 'rejected') throw result.reason
      await sleep(1_000 / EVENTS_PER_SECOND)
    }
    for (const runId of runIds) {
      const events = await store.reader.events('default', runId, 0, 100_000)
      last.set(runId, events?.at(-1)?.seq ?? 0)
    }
    return last
  })()
  return {
    stop: () => {
      ending.abort()
      return talking
    },
  }
}

const HEARD_WITHIN_MS = 5_000

async function allHeard(streams: { seen: number[] }[], told: Map<string, number>): Promise<void> {
  const most = Math.max(...told.values())
  const deadline = performance.now() + HEARD_WITHIN_MS
  while (performance.now() < deadline && streams.some(({ seen }) => (seen.at(-1) ?? 0) < most))
    await sleep(50)
}

/** Every number from one to the last, once and in order. */
function faultOf({ seen, error }: { seen: number[]; error: string | null }, last: number): string | null {
  if (error) return error
  const whole = seen.length === last && seen.every((seq, place) => seq === place + 1)
  return whole ? null : `a stream has ${seen.length} of ${last} events`
}

export default api
