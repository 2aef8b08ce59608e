/** How the parts of a process begin and end. */
import type { TakeSignals } from './cli/pressroom.ts'

const PARENT_CHECK_MS = 500
const CLOSE_MS = 15_000

/** The first call decides; later ones get the same. */
export function once<A extends unknown[], T extends object>(make: (...args: A) => T): (...args: A) => T {
  let made: T | undefined
  return (...args) => (made ??= make(...args))
}

/**
 * Resolves at the first SIGTERM or SIGINT. Later ones change nothing: npm passes on a Ctrl-C that the terminal has
 * sent to everybody already. npm keeps a SIGTERM to itself, but its shell ends, so a lost parent counts as a signal.
 */
export function signalled(takeSignals: TakeSignals): Promise<void> {
  return new Promise((resolve) => {
    takeSignals(resolve)
    if (process.env['npm_lifecycle_event'] === undefined) return
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      resolve()
    }, PARENT_CHECK_MS)
    watch.unref()
  })
}

/** A server that is gone may never say goodbye. */
export function inTime(closing: Promise<void>): Promise<void> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`not closed after ${CLOSE_MS / 1_000} s`)), CLOSE_MS).unref()
  })
  return Promise.race([closing, late])
}
