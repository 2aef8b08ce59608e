import { PressroomError } from '#graph'
import type { PluginBundle } from './bundle.ts'
import { BASE_PLUGIN, keepSnapshot } from './bundle.ts'
import { restarted } from './failures.ts'
import type { SandboxStats } from './options.ts'
import type { RunningStep } from './running-step.ts'
import { SandboxProcess, type ProcessOptions } from './sandbox-process.ts'

const WATCH_MS = 100
/** After a process that died before it was ready, so that a broken installation does not spin. */
const RESTART_DELAY_MS = 500
/** What a run's first step in a process costs more than a further one, counted in waiting requests, garbage included. */
const NEW_CONTEXT_COST = 60
const ORGANISATION_KEPT_MS = 5 * 60_000
const SPARE_KEPT_MS = 30_000

export interface PoolOptions {
  size: number
  /** As many as there may be when organisations would otherwise share one. */
  maximum: number
  recycleAfterRuns: number
  process: ProcessOptions
  cacheDir: string
  bundles: PluginBundle[]
}

/**
 * Keeps as many processes as asked for, replaces those that died or are worn, and spreads steps over them.
 *
 * - P1 Steps of two organisations are in one process at a time only when there may be no further process.
 * - P2 An organisation that has steps in as many processes as the pool has by itself gets no further one.
 * - P3 Where several organisations are at work a process stands free, so that none waits for one to start.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #serving = new Set<SandboxProcess>()
  /** Replaced processes whose last steps are still under way. */
  readonly #leaving = new Set<SandboxProcess>()
  readonly #watch: NodeJS.Timeout
  /** Plugins that came later, by id: each process gets a script when it is first asked to run it. */
  readonly #scripts = new Map<string, string>()
  /** When each organisation was last at work here. */
  readonly #seen = new Map<string, number>()
  readonly #loads = new Set<Promise<unknown>>()
  #restart: NodeJS.Timeout | null = null
  #started = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#watch = setInterval(() => this.#look(), WATCH_MS)
    this.#watch.unref()
    this.#fill()
  }

  run(step: RunningStep): void {
    if (this.#closed) return step.fail(restarted(step.facts))
    this.#seen.set(step.given.organisationId, performance.now())
    const process = this.#choose(step)
    this.#haveScript(process, step.plugin)
    process.run(step)
    this.#keepSpare()
  }

  /** Has every process able to run it; what it starts from has to be loaded with `addBase` before. */
  addScript(plugin: string, script: string): void {
    for (const process of this.#serving) process.dropScript(plugin)
    this.#scripts.set(plugin, script)
  }

  removeScript(plugin: string): void {
    this.#scripts.delete(plugin)
    for (const process of this.#serving) process.dropScript(plugin)
  }

  /** What the nodes of a plugin with a script say of themselves. */
  manifests(plugin: string): Promise<unknown> {
    this.#fill()
    const [process = this.#start()] = [...this.#serving].toSorted((one, other) => one.load - other.load)
    this.#haveScript(process, plugin)
    return process.manifests(plugin)
  }

  async addBase(bundle: PluginBundle): Promise<void> {
    this.#options.bundles.push(bundle)
    await Promise.all([...this.#serving].map((process) => this.#load(process, bundle)))
  }

  forget(organisation: string, run: string): void {
    for (const process of this.#serving) process.forget(organisation, run)
  }

  async stats(): Promise<SandboxStats> {
    const all = [...this.#serving, ...this.#leaving].filter(({ state }) => state === 'ready')
    return { processes: await Promise.all(all.map((process) => process.stats())), started: this.#started }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    if (this.#restart) clearTimeout(this.#restart)
    await Promise.all([...this.#serving, ...this.#leaving].map((process) => process.close()))
    // A snapshot that came just before the end may still be on its way to the disk.
    await Promise.allSettled(this.#loads)
  }

  /** The least busy, but rather one that knows the run; one that still starts only when there is no other. */
  #choose(step: RunningStep): SandboxProcess {
    this.#fill()
    const { organisationId, runId } = step.given
    const run = `${organisationId}/${runId}`
    const cost = (process: SandboxProcess) =>
      process.load + (process.runs.has(run) ? 0 : NEW_CONTEXT_COST) + (process.state === 'ready' ? 0 : 10_000)
    const cheapest = (some: SandboxProcess[]) => some.toSorted((one, other) => cost(one) - cost(other))[0]
    const all = [...this.#serving].filter(({ state }) => state !== 'ended')
    const own = all.filter((process) => process.steps.size > 0 && process.servesOnly(organisationId))
    const free = all.filter((process) => process.steps.size === 0)
    const mayTakeMore = own.length < this.#options.size
    const chosen = cheapest(mayTakeMore ? [...own, ...free] : own)
    if (chosen) return chosen
    if (all.length < this.#options.maximum) return this.#start()
    return cheapest(all) ?? this.#start()
  }

  #haveScript(process: SandboxProcess, plugin: string): void {
    const script = this.#scripts.get(plugin)
    if (script !== undefined) process.haveScript(plugin, script, BASE_PLUGIN.id)
  }

  /** P3 */
  #keepSpare(): void {
    if (this.#closed || this.#seen.size < 2 || this.#serving.size >= this.#options.maximum) return
    if (![...this.#serving].some((process) => process.steps.size === 0)) this.#start()
  }

  /** Gives back what `#keepSpare` and `#choose` added, when it has not been needed for a while. */
  #shrink(now: number): void {
    for (const [organisation, at] of this.#seen) {
      if (now - at > ORGANISATION_KEPT_MS) this.#seen.delete(organisation)
    }
    if (this.#serving.size <= this.#options.size) return
    const idle = [...this.#serving].filter((process) => process.steps.size === 0)
    const spare = idle.find((process) => now - process.usedAt > SPARE_KEPT_MS)
    if (spare && idle.length > 1) this.#retire(spare)
  }

  #retire(process: SandboxProcess): void {
    this.#serving.delete(process)
    this.#leaving.add(process)
  }

  #fill(): void {
    while (!this.#closed && this.#serving.size < this.#options.size) this.#start()
  }

  #start(): SandboxProcess {
    const { bundles } = this.#options
    const process = new SandboxProcess(this.#options.process)
    this.#started += 1
    this.#serving.add(process)
    let served = false
    const loaded = bundles.map((bundle) => this.#load(process, bundle))
    const load = Promise.all(loaded).then((all) => (served = all.every(Boolean)))
    this.#loads.add(load)
    void load.finally(() => this.#loads.delete(load))
    void process.ended.then(() => {
      this.#serving.delete(process)
      this.#leaving.delete(process)
      if (served) this.#fill()
      else if (!this.#closed) this.#restart ??= setTimeout(() => this.#tryAgain(), RESTART_DELAY_MS)
    })
    return process
  }

  #tryAgain(): void {
    this.#restart = null
    this.#fill()
  }

  async #load(process: SandboxProcess, bundle: PluginBundle): Promise<boolean> {
    const { cacheDir } = this.#options
    try {
      const snapshot = await process.loadPlugin(bundle.id, bundle.code, bundle.snapshot)
      if (snapshot !== null) await keepSnapshot(cacheDir, bundle, snapshot)
      return true
    } catch (error) {
      if (!(error instanceof PressroomError)) throw error
      // A process that ended has told its steps so; one without its plugins can serve none.
      if (process.state !== 'ended') await process.close()
      return false
    }
  }

  #look(): void {
    const now = performance.now()
    for (const process of this.#serving) {
      process.watch(now)
      const tired = process.runs.size >= this.#options.recycleAfterRuns || process.worn
      if (process.state === 'ready' && tired) {
        this.#retire(process)
        this.#fill()
      }
    }
    this.#shrink(now)
    for (const process of this.#leaving) {
      process.watch(now)
      if (process.steps.size === 0) void process.close()
    }
  }
}
