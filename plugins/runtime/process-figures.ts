import { readFileSync } from 'node:fs'

const TICK_MS = 10

export interface Figures {
  cpuMs: number
  rssBytes: number
  peakBytes: number
}

/** What the kernel says of a process; null where it can't be asked, or when the process has ended. */
export function figuresOf(pid: number): Figures | null {
  if (process.platform !== 'linux') return null
  try {
    const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1_024
    const cpuMs = (Number(times[11]) + Number(times[12])) * TICK_MS
    return { cpuMs, rssBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') }
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(ENOENT|ESRCH)$/.test(String(error.code))) return null
    throw error
  }
}
