/** Lets one waiter sleep until somebody wakes it. A wake that comes while nobody waits is kept for the next wait. */
export class Wake {
  #woken = false
  #resume: (() => void) | null = null

  wake = (): void => {
    this.#woken = true
    this.#resume?.()
  }

  /** Resolves at the next wake, after `maxMs`, or when `signal` fires, whichever comes first. */
  async wait(signal: AbortSignal, maxMs?: number): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#resume = resolve
      signal.addEventListener('abort', resolve, { once: true })
      const timer = maxMs === undefined ? undefined : setTimeout(resolve, maxMs)
      await promise
      clearTimeout(timer)
      signal.removeEventListener('abort', resolve)
      this.#resume = null
    }
    this.#woken = false
  }
}
