import { openSync, readSync } from 'node:fs'

/** Opened while files still can be: a sealed process can open nothing more (`walls.ts`). */
const status = process.platform === 'linux' ? openSync('/proc/self/status', 'r') : null
const text = Buffer.alloc(4_096)

export interface Memory {
  rssBytes: number
  /** The most that it ever was. */
  peakBytes: number
}

let peakBytes = 0

export function memory(): Memory {
  if (status === null) {
    const rssBytes = process.memoryUsage.rss()
    peakBytes = Math.max(peakBytes, rssBytes)
    return { rssBytes, peakBytes }
  }
  const known = text.toString('latin1', 0, readSync(status, text, 0, text.length, 0))
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(known)?.[1] ?? 0)
  return { rssBytes: kilobytes('VmRSS') * 1_024, peakBytes: kilobytes('VmHWM') * 1_024 }
}
