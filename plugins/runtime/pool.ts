import { PressroomError } from '#graph'
import type { PluginBundle } from './bundle.ts'
import { keepSnapshot } from './bundle.ts'
import { restarted } from './failures.ts'
import type { SandboxStats } from './options.ts'
import type { RunningStep } from './running-step.ts'
import { SandboxProcess, type ProcessOptions } from './sandbox-process.ts'

const WATCH_MS = 100
/** After a process that died before it was ready, so that a broken installation does not spin. */
const RESTART_DELAY_MS = 500
/** What a run's first step in a process costs more than a further one, counted in waiting requests. */
const NEW_CONTEXT_COST = 8

export interface PoolOptions {
  size: number
  recycleAfterRuns: number
  process: ProcessOptions
  cacheDir: string
  bundles: PluginBundle[]
}

/** Keeps as many processes as asked for, replaces those that died or are worn, and spreads steps over them. */
export class Pool {
  readonly #options: PoolOptions
  readonly #serving = new Set<SandboxProcess>()
  /** Replaced processes whose last steps are still under way. */
  readonly #leaving = new Set<SandboxProcess>()
  readonly #watch: NodeJS.Timeout
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
    this.#choose(step).run(step)
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
  }

  /** The least busy, but rather one that knows the run; one that still starts only when there is no other. */
  #choose(step: RunningStep): SandboxProcess {
    const run = `${step.given.organisationId}/${step.given.runId}`
    const cost = (process: SandboxProcess) =>
      process.load + (process.runs.has(run) ? 0 : NEW_CONTEXT_COST) + (process.state === 'ready' ? 0 : 10_000)
    if (this.#serving.size === 0) this.#fill()
    let best: SandboxProcess | null = null
    for (const process of this.#serving) {
      if (process.state !== 'ended' && (best === null || cost(process) < cost(best))) best = process
    }
    return best ?? this.#start()
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
    void Promise.all(loaded).then((all) => (served = all.every(Boolean)))
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
      // A process that ended has told its steps so; a plugin that fails to load fails each of its steps the same way.
      if (!(error instanceof PressroomError) && process.state !== 'ended') await process.close()
      return false
    }
  }

  #look(): void {
    const now = performance.now()
    for (const process of this.#serving) {
      process.watch(now)
      const tired = process.runs.size >= this.#options.recycleAfterRuns || process.worn
      if (process.state === 'ready' && tired) {
        this.#serving.delete(process)
        this.#leaving.add(process)
        this.#fill()
      }
    }
    for (const process of this.#leaving) {
      process.watch(now)
      if (process.steps.size === 0) void process.close()
    }
  }
}
