/**
 * The walls of the operating system around a sandbox process, outside those of Node (`node-flags.ts`) and V8.
 *
 * - W1 What is missing on this platform is left out, never worked around; `doctor` says so.
 * - W2 Each wall is tried once, by a command that does nothing, before it is relied on.
 * - W3 The commands replace one another (`exec`), so the process keeps the id that the engine started.
 * - W4 A process gets no work before it is sealed: from then on it can open no file, no socket and no pipe.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { randomInt } from 'node:crypto'
import { delimiter, join } from 'node:path'

/** Ids that systemd sets aside for passing users; below 65,536, so that containers have them too. */
const USERS = { first: 61_184, last: 65_519 }
const PROBE_MS = 5_000

export interface Walls {
  /** A network without devices, in which nothing can be reached. */
  network: boolean
  /** A user of its own, without groups: other processes and other people's files are out of reach. */
  user: boolean
  /** No privileges and no way to gain any. */
  privileges: boolean
  /** No core dumps, no file may grow, and once started nothing more can be opened. */
  limits: boolean
}

export interface Launch {
  command: string
  args: string[]
  /** Takes from the started process what only its start needed. Rejects where that can't be done. */
  seal(pid: number): Promise<void>
}

export interface Confinement {
  walls: Walls
  /** What to start so that `command` runs behind the walls. */
  launch(command: string, args: string[]): Launch
}

const NETWORK = ['--net', '--ipc']
const LIMITS = ['--core=0', '--fsize=0', '--memlock=0', '--msgqueue=0']
const PRIVILEGES = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all']

let found: Promise<Confinement> | undefined

/** Looked for once. `needed` are files that a process must still be able to read behind the walls. */
export const findWalls = (needed: string[]): Promise<Confinement> => (found ??= look(needed))

async function look(needed: string[]): Promise<Confinement> {
  if (process.platform !== 'linux') return confinement([], null, [], null)
  const [unshare, setpriv, prlimit, test] = ['unshare', 'setpriv', 'prlimit', 'test'].map(onPath)
  if (!test) return confinement([], null, [], null)
  const readable = needed.flatMap((file, index) => [...(index > 0 ? ['-a'] : []), '-r', file])
  const first = async (candidates: string[][]): Promise<string[]> => {
    for (const candidate of candidates) if (await runs([...candidate, test, ...readable])) return candidate
    return []
  }
  const network = unshare
    ? await first([
        [unshare, ...NETWORK],
        [unshare, '--user', ...NETWORK],
      ])
    : []
  const limits = prlimit ? await first([[prlimit, ...LIMITS]]) : []
  const own = setpriv ? await first([[...asUser(setpriv, USERS.first), ...PRIVILEGES]]) : []
  const privileges = setpriv && own.length === 0 ? await first([[setpriv, '--no-new-privs']]) : own
  const user = own.length > 0 ? (setpriv ?? null) : null
  return confinement(network, user, user === null ? privileges : [], limits.length > 0 ? limits : null)
}

function confinement(
  network: string[],
  userBy: string | null,
  privileges: string[],
  limits: string[] | null,
): Confinement {
  const prlimit = limits?.[0]
  return {
    walls: {
      network: network.length > 0,
      user: userBy !== null,
      privileges: userBy !== null || privileges.length > 0,
      limits: limits !== null,
    },
    launch(command, args) {
      const id = randomInt(USERS.first, USERS.last + 1)
      const become = userBy === null ? [] : asUser(userBy, id)
      const dropped = userBy === null ? privileges : [...become, ...PRIVILEGES]
      const [whole = command, ...rest] = [...network, ...(limits ?? []), ...dropped, command, ...args]
      return {
        command: whole,
        args: rest,
        async seal(pid) {
          // Done as the process's own user: not even root may everywhere set the limits of others.
          if (!prlimit || (await runs([...become, prlimit, `--pid=${pid}`, '--nofile=0:0']))) return
          throw new Error('its limits could not be set')
        },
      }
    },
  }
}

const asUser = (setpriv: string, id: number) => [setpriv, `--reuid=${id}`, `--regid=${id}`, '--clear-groups']

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin']
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function runs([command = '', ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: {}, stdio: 'ignore', timeout: PROBE_MS, killSignal: 'SIGKILL' })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
}
