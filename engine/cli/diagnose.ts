import { existsSync, statSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelStatus } from '#gateway'
import type { FoundServer } from '#run/interfaces.ts'
import type { Config } from '../config.ts'
import type { Diagnosis } from './pressroom.ts'

const PATIENCE_MS = 3_000
/** Permission bits of group and others. */
const FOR_OTHERS = 0o077

/** Ways to look at what stands outside; each rejects with what is wrong. */
export interface Probes {
  database(url: string, patienceMs: number): Promise<string>
  redis(url: string, patienceMs: number): Promise<void>
  portIsFree(host: string, port: number): Promise<boolean>
  models(): Promise<ModelStatus[]>
  /** Which walls the operating system gives a sandbox process, and which ways out plain Node code in one found. */
  sandbox(): Promise<{ walls: Record<string, boolean>; open: string[] }>
  /** Model servers of this machine at their usual ports. */
  found(): Promise<FoundServer[]>
  studioDir: string
}

/** Looks at everything that Pressroom needs or can use. Changes nothing but the data folder's existence. */
export async function diagnose(config: Config, probes: Probes): Promise<Diagnosis[]> {
  const { databaseUrl, redisUrl, host, port } = config
  const [data, database, queue, listening, models, sandbox, found] = await Promise.all([
    dataFolder(config),
    databaseUrl ? externalDatabase(probes, databaseUrl) : embeddedDatabase(config),
    redisUrl ? redisQueue(probes, redisUrl) : ok('Queue', 'on Postgres'),
    portOf(probes, host, port),
    probes.models(),
    sandboxOf(probes),
    probes.found(),
  ])
  return [
    ok('Node', `${process.version}, which came with the dependencies`),
    data,
    database,
    queue,
    listening,
    masterKeyOf(config),
    studioOf(probes.studioDir),
    sandbox,
    ...models.map((model) => modelOf(model, config)),
    // The one that Pressroom looks for itself is told of already.
    ...found.filter(({ kind }) => kind !== 'ollama').map(foundServer),
  ]
}

const ok = (what: string, message: string): Diagnosis => ({ what, state: 'ok', message, fix: null })
const broken = (what: string, message: string, fix: string): Diagnosis => ({
  what,
  state: 'broken',
  message,
  fix,
})
const reason = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error))

async function dataFolder({ dataDir }: Config): Promise<Diagnosis> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.R_OK | constants.W_OK)
    return ok('Data folder', dataDir)
  } catch (error) {
    return broken(
      'Data folder',
      `${dataDir} can't be written: ${reason(error)}`,
      'Set DATA_DIR to a folder you own.',
    )
  }
}

function embeddedDatabase({ dataDir }: Config): Diagnosis {
  const there = existsSync(join(dataDir, 'postgres'))
  return ok('Database', `embedded Postgres, ${there ? 'data is there' : 'made on first start'}`)
}

async function externalDatabase(probes: Probes, url: string): Promise<Diagnosis> {
  try {
    return ok('Database', `Postgres ${await probes.database(url, PATIENCE_MS)} at DATABASE_URL answers`)
  } catch (error) {
    const fix = 'Check that it runs and that user, password and database are right, or unset DATABASE_URL.'
    return broken('Database', `DATABASE_URL can't be used: ${reason(error)}`, fix)
  }
}

async function redisQueue(probes: Probes, url: string): Promise<Diagnosis> {
  try {
    await probes.redis(url, PATIENCE_MS)
    return ok('Queue', 'Redis at REDIS_URL answers')
  } catch (error) {
    return broken('Queue', `REDIS_URL can't be used: ${reason(error)}`, 'Start Redis, or unset REDIS_URL.')
  }
}

async function portOf(probes: Probes, host: string, port: number): Promise<Diagnosis> {
  try {
    if (await probes.portIsFree(host, port)) return ok('Port', `${host}:${port} is free`)
  } catch (error) {
    const fix = 'Set HOST and PORT to an address of this machine.'
    return broken('Port', `${host}:${port} can't be used: ${reason(error)}`, fix)
  }
  const message = `${port} is taken, by Pressroom itself or by another program`
  return { what: 'Port', state: 'missing', message, fix: 'If it is another program, set PORT to a free one.' }
}

function masterKeyOf({ masterKey, dataDir, databaseUrl }: Config): Diagnosis {
  const what = 'Master key'
  if (masterKey) return ok(what, 'from PRESSROOM_MASTER_KEY')
  const file = join(dataDir, 'master.key')
  const there = existsSync(file)
  if (there && (statSync(file).mode & FOR_OTHERS) !== 0)
    return broken(what, `others than its owner can read ${file}`, `Run: chmod 600 ${file}`)
  const message = there ? `generated, in ${file}` : `will be generated at the first start in ${file}`
  const fix = databaseUrl
    ? 'Set the same PRESSROOM_MASTER_KEY for every process that uses this database.'
    : 'Keep a copy of it apart from the data: stored secrets can’t be opened without it.'
  return { what, state: databaseUrl ? 'missing' : 'ok', message, fix }
}

function studioOf(studioDir: string): Diagnosis {
  if (existsSync(join(studioDir, 'index.html'))) return ok('Studio', 'built')
  return broken('Studio', 'not built', 'Run: npm run build')
}

async function sandboxOf(probes: Probes): Promise<Diagnosis> {
  const what = 'Sandbox'
  try {
    const { walls, open } = await probes.sandbox()
    const missing = Object.keys(walls).filter((wall) => walls[wall] !== true)
    const standing = Object.keys(walls).filter((wall) => walls[wall] === true)
    const message = `walls of the operating system: ${standing.join(', ') || 'none'}; plain Node code in it ${open.length === 0 ? 'finds no way out' : `can: ${open.join(', ')}`}`
    if (missing.length === 0) return ok(what, message)
    const fix =
      'Pressroom works without. On Linux they need unshare, setpriv and prlimit (util-linux) and root or user namespaces.'
    const lacking = `${message}; this machine does not give: ${missing.join(', ')}`
    return { what, state: 'missing', message: lacking, fix }
  } catch (error) {
    const fix = 'Look at memory and process limits of this machine; no flow can run like this.'
    return broken(what, `no sandbox process could be started: ${reason(error)}`, fix)
  }
}

function modelOf({ provider, reachable, message, fix }: ModelStatus, { ollamaHost }: Config): Diagnosis {
  const what = `Models: ${provider}`
  if (reachable) return { what, state: 'ok', message, fix }
  // A server that nobody asked for may be absent: the sample model serves instead.
  return { what, state: ollamaHost && provider === 'ollama' ? 'broken' : 'missing', message, fix }
}

function foundServer({ name, baseUrl, models }: FoundServer): Diagnosis {
  const message = `answers at ${baseUrl} with ${models.length === 1 ? '1 model' : `${models.length} models`}`
  return {
    what: `Models: ${name}`,
    state: 'ok',
    message,
    fix: 'To use it, add it in the studio: Admin, Connections, OpenAI-compatible server.',
  }
}
