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
      const resume = () => resolve()
      this.#resume = resume
      signal.addEventListener('abort', resume, { once: true })
      const timer = maxMs === undefined ? undefined : setTimeout(resume, maxMs)
      await promise
      clearTimeout(timer)
      signal.removeEventListener('abort', resume)
      this.#resume = null
    }
    this.#woken = false
  }
}
