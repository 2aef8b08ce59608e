import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PressroomError } from '#graph'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

const LOOK_AGAIN_MS = 10
const STOP_MS = 60_000

export interface Postmaster {
  identity: ProcessIdentity
  port: number
  ready: boolean
}

/** The Postgres that runs on the cluster, whoever started it; null when none does. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = await readIfThere(join(cluster, 'postmaster.pid'))
  if (lines === null) return null
  const [pid, , , port, , , , status] = lines.split('\n')
  if (!Number(pid)) return null
  const identity = await identify(Number(pid))
  if (!(await isAlive(identity)) || !(await servesCluster(identity.pid, cluster))) return null
  return { identity, port: Number(port), ready: status?.trim() === 'ready' }
}

/**
 * After a crash, `postmaster.pid` may name a process that has since become another program, and Postgres would take
 * that one for its predecessor. Call only when `findPostmaster` found none.
 */
export async function forgetPostmaster(cluster: string): Promise<void> {
  if (process.platform === 'linux') await rm(join(cluster, 'postmaster.pid'), { force: true })
}

async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const command = await readIfThere(`/proc/${pid}/cmdline`)
  return command?.split('\0').includes(cluster) ?? false
}

/** Ends all connections, writes a checkpoint and waits until the process is gone ("fast shutdown"). */
export async function stopPostmaster({ identity }: Postmaster): Promise<void> {
  const deadline = Date.now() + STOP_MS
  signal(identity.pid, 'SIGINT')
  while (await isAlive(identity)) {
    if (Date.now() > deadline) {
      throw new PressroomError({
        code: 'database.not_stopping',
        message: `Postgres (process ${identity.pid}) has not stopped within ${STOP_MS / 1000} seconds.`,
        fix: `It is probably still writing to the disk. Wait, or end it with: kill -QUIT ${identity.pid}`,
        facts: { pid: identity.pid },
      })
    }
    await sleep(LOOK_AGAIN_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!isGone) throw error
  }
}

export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return null
    throw error
  }
}
