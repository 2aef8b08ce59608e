import type ivm from 'isolated-vm'

const COPY = { result: { copy: true } } as const

/** The limits of an isolate, in the words of isolated-vm. */
const TIMED_OUT = /^Script execution timed out/
const NO_MEMORY = /memory limit|array buffer allocation|out of memory/i

/** A plugin's code threw while it was loaded. */
class LoadFault extends Error {}

export function endOf(error: unknown): 'timeout' | 'memory' | 'invalid' | 'broken' {
  if (error instanceof LoadFault) return 'invalid'
  const message = error instanceof Error ? error.message : String(error)
  if (TIMED_OUT.test(message)) return 'timeout'
  return NO_MEMORY.test(message) ? 'memory' : 'broken'
}

/**
 * A context and the two functions by which it is driven. No function of the host is ever put in; what comes out is
 * plain text. Both calls are queued at once: the isolate's microtasks run dry between them.
 */
export class GuestContext {
  live = 0
  usedAt = performance.now()
  /** CPU time of each open step. */
  readonly cpuMs = new Map<number, number>()
  readonly #context: ivm.Context
  readonly #guest: ivm.Reference<object>
  readonly #deliver: ivm.Reference
  readonly #collect: ivm.Reference

  private constructor(
    context: ivm.Context,
    guest: ivm.Reference<object>,
    deliver: ivm.Reference,
    collect: ivm.Reference,
  ) {
    this.#context = context
    this.#guest = guest
    this.#deliver = deliver
    this.#collect = collect
  }

  /** `script`: the plugin's own code, where the isolate started without it. It runs once all is sealed. */
  static async create(
    isolate: ivm.Isolate,
    sliceMs: number,
    script: ivm.Script | null = null,
  ): Promise<GuestContext> {
    const context = await isolate.createContext()
    const guest = context.global.getSync('pressroomGuest', { reference: true }) as ivm.Reference<object>
    const part = (name: string) => guest.getSync(name as never, { reference: true }) as ivm.Reference
    // Every reference keeps the whole context alive until it is released.
    const seal = part('seal')
    await seal.apply(undefined, [], { timeout: sliceMs })
    seal.release()
    if (script) {
      const define = part('define')
      try {
        const made = await script.run(context, { timeout: sliceMs, reference: true })
        await define.apply(undefined, [made.derefInto()], { timeout: sliceMs })
        made.release()
      } catch (error) {
        if (endOf(error) !== 'broken' || !(error instanceof Error)) throw error
        throw new LoadFault(error.message, { cause: error })
      }
      define.release()
    }
    return new GuestContext(context, guest, part('deliver'), part('collect'))
  }

  /** The messages that came of it, as JSON text. Rejects when the isolate's limits were reached. */
  async deliver(op: 'run' | 'reply' | 'drop', step: number, text: string, timeout: number): Promise<string> {
    this.usedAt = performance.now()
    const delivered = this.#deliver.apply(undefined, [op, step, text], { timeout })
    const collected = this.#collect.apply(undefined, [], { timeout, ...COPY })
    const [first, second] = await Promise.allSettled([delivered, collected])
    if (first.status === 'rejected') throw first.reason
    if (second.status === 'rejected') throw second.reason
    const text_: unknown = second.value
    if (typeof text_ !== 'string') throw new TypeError('the context answered with something that is no text')
    const end = text_.indexOf('\n')
    this.live = Number(text_.slice(0, end))
    // Code in the context may have changed what counts.
    if (!Number.isInteger(this.live)) throw new TypeError('the context lost count of its steps')
    if (this.live === 0) this.cpuMs.clear()
    return text_.slice(end + 1)
  }

  async manifests(): Promise<string> {
    const manifests = this.#guest.getSync('manifests' as never, { reference: true }) as ivm.Reference
    return String(
      await manifests.apply(undefined, [], { timeout: 5_000, result: { copy: true, promise: true } }),
    )
  }

  release(): void {
    for (const reference of [this.#deliver, this.#collect, this.#guest]) reference.release()
    this.#context.release()
  }
}
