import ivm from 'isolated-vm'
import { GuestContext } from './guest-context.ts'

const SPARE_CONTEXTS = 2
/** A context with the plugin in it holds about 1.5 MB. */
const MAX_CONTEXTS = 24
/** Those of runs that may well go on; a run that comes back later gets a new one. */
const KEPT_CONTEXTS = 6
/**
 * Part of the memory limit above which an isolate takes no further run. It comes before the heap size at which V8 would
 * begin to collect (see `nodeFlags`): throwing an isolate away costs less than looking through it for garbage.
 */
const WORN = 0.3
const MEGABYTE = 1024 * 1024
const PAUSE_MS = 2_000
const IDLE_CONTEXT_MS = 60_000
const SLOW_MS = 50

interface Limits {
  megabytes: number
  sliceMs: number
}

export interface PluginCode {
  id: string
  snapshot: ivm.ExternalCopy<ArrayBuffer>
  /** What each context runs first; null where the snapshot has it all. */
  script: string | null
}

/**
 * The heap of a context in which the plugin was loaded. A new context then costs a third of running the plugin's code
 * in it again. Throws what the plugin's code throws.
 */
export function makeSnapshot(id: string, code: string): Buffer {
  return Buffer.from(ivm.Isolate.createSnapshot([{ code, filename: `plugin:${id}` }]).copy())
}

export function snapshotOf(bytes: Buffer): ivm.ExternalCopy<ArrayBuffer> {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return new ivm.ExternalCopy(copy)
}

export async function createIsolate(
  plugin: PluginCode,
  megabytes: number,
  sliceMs: number,
): Promise<GuestIsolate> {
  const isolate = new ivm.Isolate({ memoryLimit: megabytes, snapshot: plugin.snapshot })
  const guest = new GuestIsolate(plugin, isolate, { megabytes, sliceMs })
  try {
    await guest.prepare()
    return guest
  } catch (error) {
    guest.end()
    throw error
  }
}

/** The isolate of one organisation and one plugin with the contexts of its runs. */
export class GuestIsolate {
  organisation: string | null = null
  ended = false
  usedAt = performance.now()
  readonly plugin: string
  readonly #isolate: ivm.Isolate
  readonly #limits: Limits
  readonly #spares: GuestContext[] = []
  readonly #runs = new Map<string, GuestContext>()
  readonly #code: string | null
  #script: ivm.Script | null = null
  #slow = false
  #served = 0

  constructor({ id, script }: PluginCode, isolate: ivm.Isolate, limits: Limits) {
    this.plugin = id
    this.#code = script
    this.#isolate = isolate
    this.#limits = limits
  }

  get cpuMs(): number {
    return this.ended ? 0 : Number(this.#isolate.cpuTime) / 1e6
  }

  get busy(): boolean {
    for (const context of this.#runs.values()) if (context.live > 0) return true
    return false
  }

  /** Asked before a new run comes in, never in the middle of one. */
  isWorn(): boolean {
    return this.heapBytes() > this.#limits.megabytes * MEGABYTE * WORN
  }

  hasRun(run: string): boolean {
    return this.#runs.has(run)
  }

  get contextCount(): number {
    return this.#runs.size + this.#spares.length
  }

  heapBytes(): number {
    const heap = this.#isolate.getHeapStatisticsSync()
    return heap.total_physical_size + heap.externally_allocated_size
  }

  /** The context of a run: its own since its first step, and nobody else's ever. */
  async contextOf(run: string): Promise<GuestContext> {
    this.usedAt = performance.now()
    const known = this.#runs.get(run)
    if (known) {
      this.#runs.delete(run)
      this.#runs.set(run, known)
      return known
    }
    const context = this.#spares.pop() ?? (await this.#create())
    this.#runs.set(run, context)
    this.#served += 1
    for (const [id, old] of this.#runs) {
      if (this.#runs.size <= MAX_CONTEXTS) break
      if (old.live === 0 && old !== context) this.#release(id, old)
    }
    return context
  }

  /** Not for the one run that may be all, nor of a plugin that takes its time to load: others may be waiting. */
  get prepared(): boolean {
    return this.#slow || this.#served < 2 || this.#spares.length >= SPARE_CONTEXTS
  }

  async prepare(): Promise<void> {
    this.#spares.push(await this.#create())
  }

  /** A context with open steps stays until they are through; the next sweep finds it. */
  forget(run: string): void {
    const context = this.#runs.get(run)
    if (context?.live === 0) this.#release(run, context)
  }

  sweep(now: number): void {
    for (const [id, context] of this.#runs) {
      const allowed = this.#runs.size > KEPT_CONTEXTS ? PAUSE_MS : IDLE_CONTEXT_MS
      if (context.live === 0 && now - context.usedAt > allowed) this.#release(id, context)
    }
  }

  end(): void {
    this.ended = true
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  async #create(): Promise<GuestContext> {
    if (this.#code !== null)
      this.#script ??= await this.#isolate.compileScript(this.#code, { filename: `plugin:${this.plugin}` })
    const started = performance.now()
    const context = await GuestContext.create(this.#isolate, this.#limits.sliceMs, this.#script)
    this.#slow = performance.now() - started > SLOW_MS
    return context
  }

  #release(id: string, context: GuestContext): void {
    this.#runs.delete(id)
    context.release()
  }
}
