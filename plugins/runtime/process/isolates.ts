import {
  createIsolate,
  makeSnapshot,
  snapshotOf,
  type GuestIsolate,
  type PluginCode,
} from './guest-isolate.ts'

const MAX_ISOLATES = 8

/**
 * One isolate per organisation and plugin. A spare one of each plugin waits for the next organisation; it has never
 * run a step, so whose it becomes makes no difference.
 */
export class Isolates {
  readonly #megabytes: number
  readonly #sliceMs: number
  readonly #idleMs: number
  readonly #plugins = new Map<string, PluginCode>()
  readonly #spares = new Map<string, GuestIsolate>()
  readonly #owned = new Map<string, GuestIsolate>()
  /** Worn ones that still have open steps. */
  readonly #leaving = new Set<GuestIsolate>()

  constructor(megabytes: number, sliceMs: number, idleMs: number) {
    this.#megabytes = megabytes
    this.#sliceMs = sliceMs
    this.#idleMs = idleMs
  }

  /** Takes a plugin in and makes its first isolate. Gives back the snapshot when it had to be made here. */
  async load(id: string, code: string, given: Buffer | null): Promise<Buffer | null> {
    const made = given ? null : makeSnapshot(id, code)
    const plugin: PluginCode = { id, snapshot: snapshotOf(given ?? made ?? Buffer.alloc(0)), script: null }
    const spare = await createIsolate(plugin, this.#megabytes, this.#sliceMs)
    this.#plugins.set(id, plugin)
    this.#spares.set(id, spare)
    return made
  }

  /** Takes in a plugin that starts from the snapshot of another and brings a script. Nothing of it runs yet. */
  loadScript(id: string, script: string, over: string): void {
    this.#plugins.set(id, { id, snapshot: this.plugin(over).snapshot, script })
  }

  /** Isolates of it that are there go when they are next left alone. */
  unload(id: string): void {
    this.#plugins.delete(id)
    for (const [key, isolate] of this.#owned)
      if (isolate.plugin === id && !isolate.busy) this.#remove(key, isolate)
  }

  plugin(id: string): PluginCode {
    const plugin = this.#plugins.get(id)
    if (!plugin) throw new Error(`plugin ${id} is not loaded`)
    return plugin
  }

  async of(organisation: string, pluginId: string, run: string): Promise<GuestIsolate> {
    const key = JSON.stringify([organisation, pluginId])
    const known = this.#owned.get(key)
    this.#owned.delete(key)
    if (known && !known.ended) {
      if (known.hasRun(run) || !known.isWorn()) {
        this.#owned.set(key, known)
        return known
      }
      if (known.busy) this.#leaving.add(known)
      else known.end()
    }
    const plugin = this.plugin(pluginId)
    const spare = this.#spares.get(pluginId)
    this.#spares.delete(pluginId)
    const isolate =
      spare && !spare.ended ? spare : await createIsolate(plugin, this.#megabytes, this.#sliceMs)
    isolate.organisation = organisation
    this.#owned.set(key, isolate)
    this.#evict()
    return isolate
  }

  /** Gives up what is kept for further steps of a run. */
  forget(organisation: string, run: string): void {
    for (const isolate of this.#owned.values()) {
      if (isolate.organisation === organisation && !isolate.ended) isolate.forget(run)
    }
  }

  /** Made ahead while nothing else is to be done; says whether there may be more. */
  async prepare(): Promise<boolean> {
    for (const isolate of this.#owned.values()) {
      if (isolate.ended || isolate.prepared || isolate.isWorn()) continue
      try {
        await isolate.prepare()
      } catch {
        // Its limits were reached; steps that were open in it are told so when their turn comes.
        isolate.end()
      }
      return true
    }
    for (const [id, plugin] of this.#plugins) {
      if (this.#spares.has(id) || plugin.script !== null) continue
      this.#spares.set(id, await createIsolate(plugin, this.#megabytes, this.#sliceMs))
      return true
    }
    return false
  }

  sweep(): void {
    const now = performance.now()
    for (const isolate of this.#leaving) {
      if (isolate.busy && !isolate.ended) continue
      this.#leaving.delete(isolate)
      isolate.end()
    }
    for (const [key, isolate] of this.#owned) {
      if (!isolate.ended) isolate.sweep(now)
      if (isolate.ended || (!isolate.busy && now - isolate.usedAt > this.#idleMs)) this.#remove(key, isolate)
    }
  }

  stats() {
    return [...this.#spares.values(), ...this.#owned.values(), ...this.#leaving]
      .filter(({ ended }) => !ended)
      .map((isolate) => ({
        organisationId: isolate.organisation,
        plugin: isolate.plugin,
        contexts: isolate.contextCount,
        heapBytes: isolate.heapBytes(),
      }))
  }

  /** Least recently used first; those with open steps stay whatever it costs. */
  #evict(): void {
    for (const [key, isolate] of this.#owned) {
      if (this.#owned.size <= MAX_ISOLATES) return
      if (!isolate.busy) this.#remove(key, isolate)
    }
  }

  #remove(key: string, isolate: GuestIsolate): void {
    this.#owned.delete(key)
    isolate.end()
  }
}
