import { compile, flowToRun } from '#graph'
import type { CompiledRun } from './change.ts'
import type { RunSnapshot, RunStore } from './interfaces.ts'

const MAX_CACHED_RUNS = 500

/** Snapshots never change, so a worker reads and compiles each once while it works on the run. */
export class RunCache {
  readonly #store: Pick<RunStore, 'snapshot'>
  readonly #runs = new Map<string, Promise<CompiledRun>>()

  constructor(store: Pick<RunStore, 'snapshot'>) {
    this.#store = store
  }

  get(organisationId: string, runId: string): Promise<CompiledRun> {
    const key = `${organisationId} ${runId}`
    const cached = this.#runs.get(key)
    if (cached) {
      // Moved to the end: the first one is always the one that was not used for longest.
      this.#runs.delete(key)
      this.#runs.set(key, cached)
      return cached
    }
    const loaded = this.#store.snapshot(organisationId, runId).then(compiledRun)
    loaded.catch(() => this.#runs.delete(key))
    this.#keep(key, loaded)
    return loaded
  }

  put(snapshot: RunSnapshot): void {
    this.#keep(`${snapshot.organisationId} ${snapshot.id}`, Promise.resolve(compiledRun(snapshot)))
  }

  /** A run that has ended is hardly asked for again. */
  forget({ organisationId, id }: RunSnapshot): void {
    this.#runs.delete(`${organisationId} ${id}`)
  }

  #keep(key: string, run: Promise<CompiledRun>): void {
    this.#runs.set(key, run)
    const oldest = this.#runs.keys().next()
    if (this.#runs.size > MAX_CACHED_RUNS && !oldest.done) this.#runs.delete(oldest.value)
  }
}

export function compiledRun(snapshot: RunSnapshot): CompiledRun {
  const steps = new Map(snapshot.plan.steps.map((step) => [`${step.nodeId} ${step.path}`, step]))
  return {
    snapshot,
    flow: compile(flowToRun(snapshot), snapshot.manifests),
    usesModels: snapshot.plan.steps.some(({ models }) => models.length > 0),
    planned(nodeId, path) {
      const step = steps.get(`${nodeId} ${path}`)
      if (!step)
        throw new Error(`run ${snapshot.id} has a step of ${nodeId} at "${path}" that was not planned`)
      return step
    },
  }
}
