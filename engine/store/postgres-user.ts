/**
 * Postgres refuses to run as root. Started by root it runs as an unprivileged user of the system; where that user
 * can't get to the files (an installation under /root), as a user namespace's, which needs no permissions on the way.
 */
import { execFile, type SpawnOptions } from 'node:child_process'
import { promisify } from 'node:util'
import { PressroomError } from '#graph'

const run = promisify(execFile)

export type RunAs = { kind: 'self' } | { kind: 'user'; uid: number; gid: number } | { kind: 'namespace' }

const NOBODY = 65_534
const NAMESPACE = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--']

export function commandAs(
  as: RunAs,
  file: string,
  args: string[],
): { file: string; args: string[]; options: SpawnOptions } {
  if (as.kind === 'namespace') return { file: 'unshare', args: [...NAMESPACE, file, ...args], options: {} }
  return { file, args, options: as.kind === 'user' ? { uid: as.uid, gid: as.gid } : {} }
}

/** Who must own Postgres's files; null to leave them as they are. */
export function ownerOf(as: RunAs): { uid: number; gid: number } | null {
  if (as.kind === 'user') return as
  return as.kind === 'namespace' ? { uid: 0, gid: 0 } : null
}

/** `program` must be executable and `folder` reachable for whoever is chosen. */
export async function chooseRunAs(program: string, folder: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  const user = await unprivilegedUser()
  for (const as of user ? [user, { kind: 'namespace' } as const] : [{ kind: 'namespace' } as const]) {
    if (await reaches(as, program, folder)) return as
  }
  throw new PressroomError({
    code: 'data.unreachable',
    message: `Postgres can't run as root, and no other user of this machine gets to ${folder} and ${program}.`,
    fix: 'Run Pressroom as an ordinary user, put it somewhere others may pass through (not under /root), or set DATABASE_URL.',
    facts: { folder, program },
  })
}

async function reaches(as: RunAs, program: string, folder: string): Promise<boolean> {
  const probe = commandAs(as, '/bin/sh', ['-c', 'test -x "$1" && test -x "$2"', 'sh', program, folder])
  return succeeds(probe.file, probe.args, as.kind === 'user' ? { uid: as.uid, gid: as.gid } : {})
}

async function unprivilegedUser(): Promise<RunAs | null> {
  const there = (await lookUp('postgres')) ?? (await lookUp('pressroom'))
  if (there) return there
  const flags = ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'pressroom']
  const made =
    (await succeeds('useradd', flags)) || (await succeeds('adduser', ['-S', '-D', '-H', 'pressroom']))
  return made ? lookUp('pressroom') : null
}

async function lookUp(name: string): Promise<RunAs | null> {
  if (!(await succeeds('id', ['-u', name]))) return null
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  return { kind: 'user', uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

/** A program that is missing did not succeed either. */
function succeeds(
  file: string,
  args: string[],
  options: { uid?: number; gid?: number } = {},
): Promise<boolean> {
  return run(file, args, options).then(
    () => true,
    () => false,
  )
}
