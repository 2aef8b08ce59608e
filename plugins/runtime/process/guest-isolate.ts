import ivm from 'isolated-vm'
import { GuestContext } from './guest-context.ts'

const SPARE_CONTEXTS = 2
const MAX_CONTEXTS = 48
const IDLE_CONTEXT_MS = 60_000

export interface PluginCode {
  id: string
  code: string
  cache: Buffer | null
}

export async function createIsolate(plugin: PluginCode, megabytes: number, sliceMs: number): Promise<GuestIsolate> {
  const isolate = new ivm.Isolate({ memoryLimit: megabytes })
  const cachedData = plugin.cache ? new ivm.ExternalCopy(arrayBufferOf(plugin.cache)) : undefined
  const options = cachedData ? { cachedData } : { produceCachedData: true }
  const script = await isolate.compileScript(plugin.code, { filename: `plugin:${plugin.id}`, ...options })
  // isolated-vm adds what came of the cached code to the script itself; its types leave that out.
  const made = script as ivm.Script & { cachedData?: ivm.ExternalCopy<ArrayBuffer>; cachedDataRejected?: boolean }
  if (made.cachedDataRejected) {
    isolate.dispose()
    return createIsolate({ ...plugin, cache: null }, megabytes, sliceMs)
  }
  const compiled = cachedData ? null : made.cachedData ? Buffer.from(made.cachedData.copy()) : null
  const guest = new GuestIsolate(plugin.id, isolate, script, sliceMs, compiled)
  await guest.prepare()
  return guest
}

const arrayBufferOf = (bytes: Buffer): ArrayBuffer => {
  const copy = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(copy).set(bytes)
  return copy
}

/** The isolate of one organisation and one plugin with the contexts of its runs. */
export class GuestIsolate {
  organisation: string | null = null
  ended = false
  usedAt = performance.now()
  readonly plugin: string
  /** Compiled code, when it was made here rather than taken from a cache. */
  readonly compiled: Buffer | null
  readonly #isolate: ivm.Isolate
  readonly #script: ivm.Script
  readonly #sliceMs: number
  readonly #spares: GuestContext[] = []
  readonly #runs = new Map<string, GuestContext>()

  constructor(plugin: string, isolate: ivm.Isolate, script: ivm.Script, sliceMs: number, compiled: Buffer | null) {
    this.plugin = plugin
    this.#isolate = isolate
    this.#script = script
    this.#sliceMs = sliceMs
    this.compiled = compiled
  }

  get cpuMs(): number {
    return this.ended ? 0 : Number(this.#isolate.cpuTime) / 1e6
  }

  get busy(): boolean {
    for (const context of this.#runs.values()) if (context.live > 0) return true
    return false
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
    for (const [id, old] of this.#runs) {
      if (this.#runs.size <= MAX_CONTEXTS) break
      if (old.live === 0 && old !== context) this.#release(id, old)
    }
    return context
  }

  async prepare(): Promise<boolean> {
    if (this.#spares.length >= SPARE_CONTEXTS) return false
    this.#spares.push(await this.#create())
    return true
  }

  sweep(now: number): void {
    for (const [id, context] of this.#runs) {
      if (context.live === 0 && now - context.usedAt > IDLE_CONTEXT_MS) this.#release(id, context)
    }
  }

  end(): void {
    this.ended = true
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  #create(): Promise<GuestContext> {
    return GuestContext.create(this.#isolate, this.#script, this.#sliceMs)
  }

  #release(id: string, context: GuestContext): void {
    this.#runs.delete(id)
    context.release()
  }
}
