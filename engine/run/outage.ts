/**
 * One piece of news for a database that is away, however many steps and duties meet it: told in the log when it goes
 * and when it is back, and shown by `/readyz` meanwhile.
 */
import { type Failure, failureOf } from '#graph'
import type { RunStore } from './interfaces.ts'

/** Work that can't be written is tried again every two seconds, so an outage that nobody met for longer is over. */
const FRESH_MS = 15_000

interface Log {
  error(facts: object, message: string): void
  warn(facts: object, message: string): void
  info(facts: object, message: string): void
}

export class Outage {
  readonly #log: Log
  readonly #now: () => number
  #failure: Failure | null = null
  #lastMet = 0

  /** `now` in milliseconds of any clock that runs evenly. */
  constructor(log: Log, now: () => number) {
    this.#log = log
    this.#now = now
  }

  /** Why the database can't be used, if so. */
  current(): Failure | null {
    return this.#now() - this.#lastMet > FRESH_MS ? null : this.#failure
  }

  met(error: unknown): void {
    const failure = failureOf(error)
    if (failure.code !== 'store.unavailable') return
    this.#lastMet = this.#now()
    if (this.#failure && this.#failure.facts['reason'] === failure.facts['reason']) return
    this.#failure = failure
    this.#log.error({ failure }, `${failure.message} ${failure.fix}`)
  }

  /** Something was read, or written, as it should be. */
  #worked(how: 'read' | 'written'): void {
    if (!this.#failure || (how === 'read' && this.#failure.facts['reason'] === 'disk_full')) return
    this.#failure = null
    this.#log.info({}, 'the database works again')
  }

  /** The store, with an eye on what comes of its writes and of what the worker asks again and again. */
  watch(store: RunStore): RunStore {
    const watched = async <T>(how: 'read' | 'written', work: () => Promise<T>): Promise<T> => {
      try {
        const result = await work()
        this.#worked(how)
        return result
      } catch (error) {
        this.met(error)
        throw error
      }
    }
    return {
      ...store,
      createRun: (...run) => watched('written', () => store.createRun(...run)),
      lostLeases: (limit) => watched('read', () => store.lostLeases(limit)),
      transact: async (batch) => {
        const results = await store.transact(batch)
        const away = results.find((result) => result.status === 'rejected' && isAway(result.reason))
        if (away?.status === 'rejected') this.met(away.reason)
        else if (results.length > 0) this.#worked('written')
        return results
      },
    }
  }

  /** A log without the lines of those who met the outage: they would all say the same. */
  quiet(log: Log): Log {
    const unless = (say: (facts: object, message: string) => void) => (facts: object, message: string) => {
      const error = 'err' in facts ? facts.err : null
      if (isAway(error)) this.met(error)
      else say(facts, message)
    }
    return {
      error: unless((facts, message) => log.error(facts, message)),
      warn: unless((facts, message) => log.warn(facts, message)),
      info: (facts, message) => log.info(facts, message),
    }
  }
}

const isAway = (error: unknown): boolean => error !== null && failureOf(error).code === 'store.unavailable'
