import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RunReader } from '#run/interfaces.ts'

/**
 * The same reader for many who follow the same run: a notification wakes them all in one turn of the event loop, and
 * equal reads of one turn are one. Nobody gets what was read before they asked.
 */
export const sharingReads = (reader: RunReader): RunReader => ({
  ...reader,
  events: shared(reader.events),
  streams: shared(reader.streams),
})

function shared<Args extends (string | number)[], T>(read: (...args: Args) => Promise<T>) {
  const asked = new Map<string, Promise<T>>()
  return (...args: Args): Promise<T> => {
    const key = JSON.stringify(args)
    const same = asked.get(key)
    if (same) return same
    const reading = nextTurn().then(() => {
      asked.delete(key)
      return read(...args)
    })
    asked.set(key, reading)
    return reading
  }
}
