/**
 * Whose turn it is when a worker has no place free (R8): of those who wait, the organisation with the fewest steps here
 * goes first, then the run with the higher priority, then who came first. Pure but for the promises it settles.
 */
import { PRIORITIES, type Priority } from '#graph'
import type { CompiledRun } from '../change.ts'

export interface Contender {
  organisationId: string
  runId: string
  priority: Priority
}

export const contender = ({ snapshot: { organisationId, id, flow } }: CompiledRun): Contender => ({
  organisationId,
  runId: id,
  priority: flow.limits.priority ?? 'normal',
})

interface Waiter extends Contender {
  resolve(goes: boolean): void
}

interface Places {
  /** Free now, without the places of those who look. */
  free(): number
  /** What runs here. */
  running(): Iterable<Contender>
}

export class Turns {
  readonly #places: Places
  #waiting: Waiter[] = []
  #looking = 0
  #closed = false

  constructor(places: Places) {
    this.#places = places
  }

  /** Those whose turn has come and who run nothing yet. Each has a place. */
  get looking(): number {
    return this.#looking
  }

  /** Resolves with true when a place is free for it; each true is followed by one `done`. One of a run waits. */
  async take(contender: Contender): Promise<boolean> {
    if (this.#closed) return false
    // Who looks at a run takes all that is ready in it.
    if (this.#waiting.some(({ runId }) => runId === contender.runId)) return false
    return new Promise((resolve) => {
      this.#waiting.push({ ...contender, resolve })
      this.next()
    })
  }

  done(): void {
    this.#looking -= 1
    this.next()
  }

  /** Lets in who may go now that a place may have become free. */
  next(): void {
    while (this.#isFree()) {
      const first = this.#first()
      if (!first) return
      this.#waiting = this.#waiting.filter((waiter) => waiter !== first)
      this.#looking += 1
      first.resolve(true)
    }
  }

  /** Whether a step that ends leaves its place to somebody who waits. */
  yields(ending: Contender): boolean {
    const first = this.#first()
    if (!first || this.#isFree()) return false
    if (first.organisationId === ending.organisationId) return rank(first) < rank(ending)
    const held = this.#held()
    return (held.get(first.organisationId) ?? 0) < (held.get(ending.organisationId) ?? 0)
  }

  close(): void {
    this.#closed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve(false)
  }

  #isFree(): boolean {
    return this.#places.free() > 0
  }

  #first(): Waiter | undefined {
    const held = this.#held()
    const share = ({ organisationId }: Contender) => held.get(organisationId) ?? 0
    return this.#waiting.toSorted((a, b) => share(a) - share(b) || rank(a) - rank(b))[0]
  }

  #held(): Map<string, number> {
    const held = new Map<string, number>()
    for (const { organisationId } of this.#places.running())
      held.set(organisationId, (held.get(organisationId) ?? 0) + 1)
    return held
  }
}

const rank = ({ priority }: Contender): number => PRIORITIES.indexOf(priority)
