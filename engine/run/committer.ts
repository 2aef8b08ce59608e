/**
 * Group commit: transitions that come while a commit is under way share the next one. Each still gets its own
 * verdict, so sharing a commit never weakens R3. Transitions of one run are committed in the order in which they came.
 */
import type { RunStore, RunWrites, Transition } from './interfaces.ts'
import { type At, unobserved } from './points.ts'

const MAX_BATCH = 100
/** Two commits at a time: one waits for the disk while the next one is put together. */
const LANES = 2

type Redact = <T>(writes: T) => T

/** Hears of what was written, once it is durable. */
type Told = (transition: Pick<Transition, 'organisationId' | 'runId'>, writes: RunWrites) => void

interface Waiting {
  transition: Transition
  /** What it writes as things stood when it was last applied. */
  writes(): RunWrites | null
  settled: PromiseWithResolvers<void>
}

export class Committer {
  readonly #store: Pick<RunStore, 'transact'>
  readonly #redact: Redact
  readonly #at: At
  /** Set once by whoever wires: what it is to hear of is made of this. */
  told: Told = () => {}
  #waiting: Waiting[] = []
  /** Runs in a commit that is under way: it holds their locks, and what comes for them waits here instead of there. */
  readonly #busy = new Set<string>()
  #lanes = 0

  /** `redact` takes the values of secrets out of everything that is written: events, failures, outputs. */
  constructor(store: Pick<RunStore, 'transact'>, redact: Redact = (writes) => writes, at: At = unobserved) {
    this.#store = store
    this.#redact = redact
    this.#at = at
  }

  /** Resolves when the transition is durable (or wrote nothing); rejects when it could not be committed. */
  commit(transition: Transition): Promise<void> {
    const settled = Promise.withResolvers<void>()
    let writes: RunWrites | null = null
    const apply: Transition['apply'] = (run) => (writes = this.#redact(transition.apply(run)))
    this.#waiting.push({ transition: { ...transition, apply }, writes: () => writes, settled })
    if (this.#lanes < LANES) void this.#drain()
    return settled.promise
  }

  async #drain(): Promise<void> {
    this.#lanes += 1
    // Lets everything that is ready in this turn of the event loop join the first batch.
    await Promise.resolve()
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      const runs = new Set(batch.map(({ transition }) => transition.runId))
      for (const run of runs) this.#busy.add(run)
      await this.#flush(batch)
      for (const run of runs) this.#busy.delete(run)
    }
    this.#lanes -= 1
  }

  #take(): Waiting[] {
    const batch: Waiting[] = []
    const rest: Waiting[] = []
    for (const one of this.#waiting) {
      const fits = batch.length < MAX_BATCH && !this.#busy.has(one.transition.runId)
      ;(fits ? batch : rest).push(one)
    }
    this.#waiting = rest
    return batch
  }

  async #flush(batch: Waiting[]): Promise<void> {
    try {
      this.#at('commit.begins')
      const verdicts = await this.#store.transact(batch.map(({ transition }) => transition))
      this.#at('commit.done')
      batch.forEach(({ transition, writes, settled }, index) => {
        const verdict = verdicts[index]
        if (verdict?.status === 'fulfilled') {
          const written = writes()
          if (written) this.told(transition, written)
          settled.resolve()
        } else settled.reject(verdict?.reason ?? new Error('the store gave no verdict'))
      })
    } catch (error) {
      for (const { settled } of batch) settled.reject(error)
    }
  }
}
