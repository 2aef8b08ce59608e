/** Processor time and memory by part of the system, from Linux's /proc: what other work on the machine touches least. */
import { readFileSync, readdirSync } from 'node:fs'

const TICK_MS = 10

interface Times {
  parent: number
  own: number
  /** Of children that have ended and were waited for. */
  ended: number
}

/** Fields 4 and 14 to 17 of proc(5); null for a process that has just ended. */
function timesOf(pid: number): Times | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? []
    const at = (field: number) => fields[field - 3] ?? 0
    return { parent: at(4), own: (at(14) + at(15)) * TICK_MS, ended: (at(16) + at(17)) * TICK_MS }
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code)))
      return null
    throw error
  }
}

/** Of one process so far. */
export function cpuMsOf(pid: number): number {
  return timesOf(pid)?.own ?? 0
}

/** Of a process and its children so far, ended ones included. */
export function cpuMsWithChildren(pid: number, counts: (child: number) => boolean = () => true): number {
  const self = timesOf(pid)
  if (!self) return 0
  const children = childrenOf(pid).filter(counts)
  return self.own + self.ended + children.reduce((sum, child) => sum + cpuMsOf(child), 0)
}

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((child) => Number.isInteger(child) && timesOf(child)?.parent === pid)

/** Memory that a process's children hold, in bytes. */
export function childrenRss(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]
    return sum + Number(kilobytes ?? 0) * 1_024
  }, 0)
}

/** What each named reading grew by while `work` ran. */
export async function spent<Name extends string>(
  readings: Record<Name, () => number>,
  work: () => Promise<unknown>,
): Promise<Record<Name, number>> {
  const names = Object.keys(readings) as Name[]
  const before = names.map((name) => readings[name]())
  await work()
  return Object.fromEntries(
    names.map((name, index) => [name, readings[name]() - (before[index] ?? 0)]),
  ) as Record<Name, number>
}
