import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A process that a later one with the same number is not taken for. `started` is opaque; empty where unknown. */
export interface ProcessIdentity {
  pid: number
  started: string
}

export async function identify(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await startOf(pid)) ?? '' }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const started = await startOf(identity.pid)
  if (started === null) return false
  return identity.started === '' || started === '' || started === identity.started
}

/** When the process started; null when there is none; empty where the system does not tell. */
async function startOf(pid: number): Promise<string | null> {
  if (!exists(pid)) return null
  if (process.platform === 'linux') return linuxStart(pid)
  if (process.platform === 'win32') return ''
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)])
  return stdout.trim()
}

async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // Fields after the name, which stands in parentheses and may hold anything: state is the first, start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const isZombie = fields[0] === 'Z'
    return isZombie ? null : `${boot.trim()}:${fields[19] ?? ''}`
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

const isGone = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
