/**
 * Where the database comes from: DATABASE_URL, or the embedded Postgres of the data folder, which every process on
 * that folder shares. `holder.json` lists them; the last one to leave stops Postgres. Only one may be a server.
 */
import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PressroomError } from '#graph'
import { startEmbedded } from './embedded.ts'
import { withGate } from './gate.ts'
import { findPostmaster, readIfThere, stopPostmaster } from './postmaster.ts'
import { identify, isAlive } from './process-identity.ts'

const WATCH_MS = 1_000

export interface DatabaseOptions {
  /** Holds the embedded Postgres; not touched when `databaseUrl` is set. */
  dataDir: string
  databaseUrl?: string | undefined
  /** `server`: the one engine on this folder. `join`: a command line beside it, or alone. */
  mode: 'server' | 'join'
  /** Further Postgres settings, when this process is the one to start it. */
  settings?: Record<string, string>
}

export interface Database {
  /** As the owner of the tables. Only migrations and the like may use it. */
  adminUrl: string
  embedded: { pid: number; port: number } | null
  close(): Promise<void>
}

const holderSchema = z.object({
  id: z.string(),
  pid: z.number(),
  started: z.string(),
  role: z.enum(['server', 'join']),
  startedAt: z.string(),
})
const holdersSchema = z.object({ port: z.number().nullable(), holders: z.array(holderSchema) })
type Holder = z.infer<typeof holderSchema>

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl } = options
  if (databaseUrl) return { adminUrl: checkedUrl(databaseUrl), embedded: null, close: async () => {} }
  const folder = await ownFolder(options.dataDir)
  return withGate(folder, () => hold(folder, options))
}

/** The folder, made when it is missing. Tried out first: Postgres would say the same in more words. */
async function ownFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return await realpath(dataDir)
  } catch (cause) {
    throw new PressroomError(
      {
        code: 'config.data_dir',
        message: `The data folder ${dataDir} can't be used: ${cause instanceof Error ? cause.message : String(cause)}`,
        fix: 'Set DATA_DIR to a folder that you may write to, or give this one to the user who starts Pressroom.',
        facts: { dataDir },
      },
      cause,
    )
  }
}

async function hold(folder: string, options: DatabaseOptions): Promise<Database> {
  const others = await liveHolders(folder)
  const server = others.find((holder) => holder.role === 'server')
  if (options.mode === 'server' && server) throw held(folder, server)
  const me: Holder = {
    id: randomUUID(),
    ...(await identify(process.pid)),
    role: options.mode,
    startedAt: new Date().toISOString(),
  }
  const { postmaster, adminUrl } = await startEmbedded(join(folder, 'postgres'), options.settings)
  await writeHolders(folder, { port: postmaster.port, holders: [...others, me] })
  const unwatch = watchOver(folder, postmaster.port, options.settings)
  let closing: Promise<void> | null = null
  return {
    adminUrl,
    embedded: { pid: postmaster.identity.pid, port: postmaster.port },
    close: () => (closing ??= unwatch().then(() => withGate(folder, () => leave(folder, me)))),
  }
}

/**
 * Brings Postgres back when it has died (killed, out of memory): nobody else would until the next start. Returns a
 * function that ends it.
 */
function watchOver(
  folder: string,
  port: number,
  settings: Record<string, string> | undefined,
): () => Promise<void> {
  let stopped = false
  let looking = Promise.resolve()
  const look = async () => {
    if (stopped || (await findPostmaster(join(folder, 'postgres', 'cluster')))) return
    const { postmaster } = await withGate(folder, () => startEmbedded(join(folder, 'postgres'), settings))
    warn(
      postmaster.port === port
        ? 'Postgres had died and was started again'
        : `Postgres had died and now listens on port ${postmaster.port} instead of ${port}: restart Pressroom`,
    )
  }
  const next = () => {
    looking = look().catch((cause: unknown) => warn(`Postgres could not be started again: ${String(cause)}`))
    void looking.then(later)
  }
  let timer: NodeJS.Timeout
  const later = () => {
    if (!stopped) timer = setTimeout(next, WATCH_MS)
    timer.unref()
  }
  later()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await looking
  }
}

const warn = (message: string) => process.emitWarning(message, 'PressroomWarning')

async function leave(folder: string, me: Holder): Promise<void> {
  const others = (await liveHolders(folder)).filter((holder) => holder.id !== me.id)
  const postmaster = await findPostmaster(join(folder, 'postgres', 'cluster'))
  if (others.length === 0 && postmaster) await stopPostmaster(postmaster)
  await writeHolders(folder, {
    port: others.length === 0 ? null : (postmaster?.port ?? null),
    holders: others,
  })
}

async function liveHolders(folder: string): Promise<Holder[]> {
  const text = await readIfThere(join(folder, 'holder.json'))
  const holders = text === null ? [] : readHolders(text)
  const alive = await Promise.all(holders.map(isAlive))
  return holders.filter((_holder, index) => alive[index])
}

/** An unreadable list (a full disk, an edit by hand) names nobody; Postgres itself still refuses a second master. */
function readHolders(text: string): Holder[] {
  try {
    return holdersSchema.parse(JSON.parse(text)).holders
  } catch (cause) {
    warn(`holder.json could not be read and is written anew: ${String(cause)}`)
    return []
  }
}

async function writeHolders(folder: string, content: z.infer<typeof holdersSchema>): Promise<void> {
  const file = join(folder, 'holder.json')
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

function checkedUrl(databaseUrl: string): string {
  if (URL.canParse(databaseUrl) && /^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) return databaseUrl
  throw new PressroomError({
    code: 'config.database_url',
    message: 'DATABASE_URL is not the address of a Postgres database.',
    fix: 'Write it as postgres://user:password@host:5432/database, with special characters of the password as %XX.',
  })
}

function held(folder: string, holder: Holder): PressroomError {
  return new PressroomError({
    code: 'data.held',
    message: `The data directory ${folder} is in use by another Pressroom: process ${holder.pid}, started at ${holder.startedAt}.`,
    fix: `Use the one that runs, stop it (kill ${holder.pid}), or start this one with another DATA_DIR.`,
    facts: { folder, pid: holder.pid, startedAt: holder.startedAt },
  })
}
