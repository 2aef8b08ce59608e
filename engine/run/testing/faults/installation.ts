/** A Postgres of its own, a queue and workers in processes of their own, all of which may be killed at any time. */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import type { Flow } from '#graph'
import type { Engine } from '../../../cli/pressroom.ts'
import { readConfig } from '../../../config.ts'
import { wire } from '../../../main.ts'
import { type TestRedis, testRedis } from '../../../queue/testing/redis.ts'
import { appUrl } from '../../../store/app-role.ts'
import { openDatabase } from '../../../store/open-database.ts'
import { findPostmaster } from '../../../store/postmaster.ts'
import { emptyQueues } from '../../../queue/testing/empty-queues.ts'
import { Effects } from './effects.ts'
import { brief } from './flow.ts'
import { Processes, kill } from './processes.ts'

export type QueueKind = 'Postgres' | 'Redis'

const LATENCY_MS = 80
const LOOK_AGAIN_MS = 50
/** Processes are killed here and not machines, so what Postgres has handed to the system is safe. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off' }

/** Two drafts, each passed on by a step of its own. */
const flow: Flow = {
  schemaVersion: 1,
  name: 'Chaos',
  description: '',
  nodes: [
    { type: 'brief', config: { contentType: 'linkedin-post' } },
    { type: 'writer', config: { agents: [{ agent: 'creative' }, { agent: 'technical' }] } },
    { type: 'merge', config: {} },
  ].map(({ type, config }, index) => ({
    id: type,
    type,
    version: 1,
    position: { x: index * 300, y: 0 },
    config: config as Flow['nodes'][number]['config'],
  })),
  edges: [
    { id: 'e1', source: { node: 'brief', port: 'brief' }, target: { node: 'writer', port: 'brief' } },
    { id: 'e2', source: { node: 'writer', port: 'drafts' }, target: { node: 'merge', port: 'a' } },
  ],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 2, maxCloudConcurrent: 5 },
}

export class Installation {
  readonly effects: Effects
  readonly #folder: string
  readonly #adminUrl: string
  readonly #redis: TestRedis | null
  readonly #processes = new Processes()
  readonly #admin: pg.Pool
  readonly #closers: (() => Promise<void>)[] = []
  #engine: Engine | null = null
  readonly #workers: ChildProcess[] = []
  #closing = false
  #flowId = ''

  private constructor(folder: string, adminUrl: string, redis: TestRedis | null) {
    this.#folder = folder
    this.#adminUrl = adminUrl
    this.#redis = redis
    this.effects = new Effects(join(folder, 'effects.jsonl'))
    this.#admin = new pg.Pool({ connectionString: adminUrl, max: 2 })
    // The next query gets a new connection.
    this.#admin.on('error', () => undefined)
  }

  static async open(kind: QueueKind): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'pressroom-chaos-'))
    const database = await openDatabase({ dataDir: folder, mode: 'server', settings: SETTINGS })
    const redis = kind === 'Redis' ? await testRedis() : null
    const installation = new Installation(folder, database.adminUrl, redis)
    const pressroom = wire(readConfig({ ...installation.#environment(), ROLE: 'api' }), { level: 'silent' })
    installation.#closers.push(
      () => pressroom.close(),
      async () => redis?.stop(),
      () => database.close(),
      () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
    )
    const engine = await pressroom.openEngine()
    installation.#engine = engine
    installation.#flowId = (await engine.flows.create(engine.organisationId, flow, [])).id
    return installation
  }

  #environment() {
    return { DATA_DIR: this.#folder, DATABASE_URL: this.#adminUrl, REDIS_URL: this.#redis?.url ?? '' }
  }

  /** Takes care of this many workers: one that ends by itself, because it found no database, is started again. */
  async keepWorkers(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.#keepWorker(index)
  }

  async #keepWorker(index: number): Promise<void> {
    const worker = await this.#startWorker()
    this.#workers[index] = worker
    worker.once('exit', () => {
      if (!this.#closing) void this.#keepWorker(index)
    })
  }

  #startWorker(): Promise<ChildProcess> {
    return this.#processes.start({
      databaseUrl: this.#adminUrl,
      redisUrl: this.#redis?.url ?? '',
      dataDir: this.#folder,
      effects: this.effects.file,
      failing: null,
      latencyMs: LATENCY_MS,
      stop: null,
      flowId: null,
      cancelAfterCalls: null,
      clockSkewMs: 0,
    })
  }

  async killWorker(index: number): Promise<void> {
    const worker = this.#workers[index]
    if (worker?.exitCode === null && worker.signalCode === null) await kill(worker)
  }

  /** Starts until it is told that it has; what was not acknowledged may be there all the same. */
  async startRun(number: number): Promise<string> {
    const engine = this.#engine
    if (!engine) throw new Error('not open')
    const input = { brief: { ...brief, topic: `Run ${number}` } }
    return this.#patiently(async () => {
      const { runId } = await engine.runs.start(engine.organisationId, { flowId: this.#flowId }, input)
      return runId
    })
  }

  /** Resolves when fewer than `most` runs have not ended. */
  async until(most: number): Promise<void> {
    for (;;) {
      const text = `SELECT count(*)::int AS open FROM runs WHERE finished_at IS NULL`
      const [row] = await this.rows<{ open: number }>(text)
      if (row && row.open < most) return
      await setTimeout(LOOK_AGAIN_MS)
    }
  }

  /** Redis is killed and comes back empty; on Postgres, every hint is gone. */
  async loseQueue(): Promise<void> {
    if (this.#redis) await this.#redis.crash()
    else await this.#patiently(() => emptyQueues(appUrl(this.#adminUrl)))
  }

  /** As in a crash: no checkpoint, no goodbye. Whoever opened the database starts it again. */
  async stopPostgres(): Promise<void> {
    const postmaster = await findPostmaster(join(this.#folder, 'postgres', 'cluster'))
    if (postmaster) process.kill(postmaster.identity.pid, 'SIGQUIT')
  }

  rows<T>(text: string): Promise<T[]> {
    return this.#patiently(async () => (await this.#admin.query(text)).rows as T[])
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (tries > 200) throw error
        await setTimeout(LOOK_AGAIN_MS * 2)
      }
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#processes.close()
    await this.#admin.end()
    for (const close of this.#closers) await close()
  }
}

/** The same order for the same seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
