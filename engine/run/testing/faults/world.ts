/**
 * A database, a queue and a file of effects that outlive the processes under test.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { RunRecord } from '#graph'
import { followRun } from '../../../cli/follow-run.ts'
import type { Engine } from '../../../cli/pressroom.ts'
import { readConfig } from '../../../config.ts'
import { wire } from '../../../main.ts'
import { testRedis } from '../../../queue/testing/redis.ts'
import { testDatabase } from '../../../store/testing/database.ts'
import type { Point } from '../../points.ts'
import { Effects, observedModel } from './effects.ts'
import { brief, swarm } from './flow.ts'
import type { Orders } from './orders.ts'
import { Processes } from './processes.ts'

export type QueueKind = 'Postgres' | 'Redis'

type Environment = Record<'DATA_DIR' | 'DATABASE_URL' | 'REDIS_URL', string>

async function makingSwarm({ flows, organisationId }: Engine): Promise<string> {
  return (await flows.create(organisationId, await swarm(), [])).id
}

export class World {
  readonly admin: pg.Pool
  readonly effects: Effects
  /** Seed of the model call that fails once in every run. */
  failing: number | null = null
  readonly #environment: Environment
  readonly #closers: (() => Promise<void>)[]
  #flowId = ''
  readonly #processes = new Processes()

  private constructor(environment: Environment, closers: (() => Promise<void>)[]) {
    this.#environment = environment
    this.#closers = closers
    this.admin = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 2 })
    this.effects = new Effects(join(environment.DATA_DIR, 'effects.jsonl'))
  }

  /** `making` makes the flow that is run. */
  static async open(kind: QueueKind, making = makingSwarm): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'pressroom-faults-'))
    const redis = kind === 'Redis' ? await testRedis() : null
    const database = await testDatabase()
    const environment = {
      DATA_DIR: folder,
      DATABASE_URL: database.adminUrl,
      REDIS_URL: redis?.url ?? '',
    }
    const world = new World(environment, [
      () => database.close(),
      async () => redis?.stop(),
      () => rm(folder, { recursive: true, force: true }),
    ])
    await world.#installed(async (engine) => {
      world.#flowId = await making(engine)
    })
    return world
  }

  async close(): Promise<void> {
    await this.#processes.close()
    await this.admin.end()
    for (const close of this.#closers) await close()
  }

  /** A run that nobody disturbs, in this process: what came of it and how often it came past each point. */
  async undisturbed(): Promise<{ runId: string; passed: Map<Point, number> }> {
    const passed = new Map<Point, number>()
    const at = (point: Point) => void passed.set(point, (passed.get(point) ?? 0) + 1)
    const runId = await this.#installed(async ({ runs, reader, organisationId }) => {
      const started = await runs.start(organisationId, { flowId: this.#flowId }, { brief })
      await followRun(reader, organisationId, started.runId, () => {})
      return started.runId
    }, at)
    return { runId, passed }
  }

  /** A process that starts a run (or works on what is there) and dies as it is told. Resolves when it is dead. */
  async dies(stop: Orders['stop'], more: Partial<Orders> = {}): Promise<void> {
    const child = await this.starts({ stop, ...more })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (signal !== 'SIGKILL') throw new Error(`the process under test ended by itself with ${code}`)
  }

  starts(more: Partial<Orders> = {}): Promise<ChildProcess> {
    const { DATA_DIR, DATABASE_URL, REDIS_URL } = this.#environment
    return this.#processes.start({
      databaseUrl: DATABASE_URL,
      redisUrl: REDIS_URL,
      dataDir: DATA_DIR,
      effects: this.effects.file,
      failing: this.failing,
      latencyMs: 0,
      stop: null,
      flowId: this.#flowId,
      cancelAfterCalls: null,
      clockSkewMs: 0,
      ...more,
    })
  }

  /** Pressroom started again, in this process, until the run has ended. */
  async goesOn(runId: string): Promise<void> {
    await this.#installed(({ reader, organisationId }) => followRun(reader, organisationId, runId, () => {}))
  }

  async #installed<T>(
    use: (engine: Awaited<ReturnType<ReturnType<typeof wire>['openEngine']>>) => Promise<T>,
    at = (_point: Point) => {},
  ): Promise<T> {
    const providers = [observedModel(this.effects, { failing: this.failing, latencyMs: 0 })]
    const observed = (point: Point, { stepId }: { stepId?: string } = {}) => {
      if (point === 'step.claimed' && stepId) this.effects.add({ kind: 'step', stepId })
      at(point)
    }
    const pressroom = wire(readConfig(this.#environment), { level: 'error', providers, at: observed })
    try {
      return await use(await pressroom.openEngine())
    } finally {
      await pressroom.close()
    }
  }

  async record(runId: string): Promise<RunRecord> {
    const pressroom = wire(readConfig(this.#environment))
    try {
      const { reader, organisationId } = await pressroom.openStore()
      const record = await reader.record(organisationId, runId)
      if (!record) throw new Error(`there is no run ${runId}`)
      return record
    } finally {
      await pressroom.close()
    }
  }

  async newestRun(): Promise<string> {
    const text = 'SELECT id FROM runs WHERE parent_run_id IS NULL ORDER BY created_at DESC LIMIT 1'
    const [row] = await this.rows<{ id: string }>(text)
    if (!row) throw new Error('there is no run')
    return row.id
  }

  /** As if the time of every lease had gone by. */
  async leasesRunOut(): Promise<void> {
    await this.rows('UPDATE child_runs SET not_before = clock_timestamp() WHERE ended_at IS NULL')
    await this.rows(`UPDATE steps SET lease_until = clock_timestamp() WHERE status = 'running'`)
  }

  async rows<T>(text: string, ...values: unknown[]): Promise<T[]> {
    return (await this.admin.query(text, values)).rows as T[]
  }
}
