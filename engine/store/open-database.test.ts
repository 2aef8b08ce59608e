import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Failure } from '#graph'
import { openDatabase, type DatabaseOptions } from './open-database.ts'
import { isAlive, identify } from './process-identity.ts'
import { asAdmin } from './testing/server.ts'

/** A start after a crash, on a busy machine. */
const PATIENCE = { timeout: 30_000 }

let dataDir: string
let children: ChildProcess[]

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pressroom-data-'))
  await chmod(folder, 0o711)
  return folder
}

const isRootWithNamespaces = process.getuid?.() === 0 && spawnSync('unshare', ['--user', 'true']).status === 0

beforeAll(async () => {
  dataDir = await freshFolder()
})

beforeEach(() => {
  children = []
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  // Takes over whatever Postgres the test left behind and, as the last one, stops it.
  const last = await open('join')
  await asAdmin(last.adminUrl, (client) => client.query('DROP TABLE IF EXISTS kept'))
  await last.close()
})

afterAll(() => rm(dataDir, { recursive: true }))

const open = (mode: DatabaseOptions['mode'], folder = dataDir) => openDatabase({ dataDir: folder, mode })

type Word = { adminUrl: string; postgres: number; failure?: undefined } | { failure: Failure }

async function openElsewhere(
  mode: DatabaseOptions['mode'],
  folder = dataDir,
): Promise<{ child: ChildProcess; word: Word }> {
  const program = fileURLToPath(new URL('./testing/holding-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, folder, mode], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, word: JSON.parse(line) as Word }
}

async function letGo(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  await once(child, 'exit')
}

const write = (url: string) => asAdmin(url, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'))
const read = (url: string) => asAdmin(url, async (client) => (await client.query('SELECT n FROM kept')).rows)

it('keeps data, address and password from one start to the next, and stops Postgres in between', async () => {
  const first = await open('server')
  await write(first.adminUrl)
  const identity = await identify(first.embedded?.pid ?? 0)
  await first.close()
  expect(await isAlive(identity)).toBe(false)
  const second = await open('server')
  expect(second.adminUrl).toBe(first.adminUrl)
  expect(await read(second.adminUrl)).toEqual([{ n: 1 }])
  await second.close()
})

it('writes to disk before it says so', async () => {
  const { adminUrl, close } = await open('server')
  const { rows } = await asAdmin(adminUrl, (client) =>
    client.query(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')`,
    ),
  )
  expect(rows.map((row) => `${row.name} ${row.setting}`).sort()).toEqual([
    'fsync on',
    'full_page_writes on',
    'synchronous_commit on',
  ])
  await close()
})

it('refuses a second server on the same folder and names the process that holds it', async () => {
  const { child } = await openElsewhere('server')
  await expect(open('server')).rejects.toMatchObject({
    failure: {
      code: 'data.held',
      message: expect.stringContaining(`process ${child.pid}`),
      fix: expect.stringContaining(`kill ${child.pid}`),
    },
  })
})

it('lets a command line join a server, and leaves the server its Postgres', async () => {
  const { child, word } = await openElsewhere('server')
  const joined = await open('join')
  expect(word).toMatchObject({ adminUrl: joined.adminUrl, postgres: joined.embedded?.pid })
  const identity = await identify(joined.embedded?.pid ?? 0)
  await joined.close()
  expect(await isAlive(identity)).toBe(true)
  await letGo(child)
  expect(await isAlive(identity)).toBe(false)
})

it('leaves Postgres to a command line that is still at work when the server goes', async () => {
  const { child } = await openElsewhere('server')
  const joined = await open('join')
  await letGo(child)
  await write(joined.adminUrl)
  const identity = await identify(joined.embedded?.pid ?? 0)
  await joined.close()
  expect(await isAlive(identity)).toBe(false)
})

it('takes over Postgres and data of a server that was killed', async () => {
  const { child, word } = await openElsewhere('server')
  if (word.failure) throw new Error(word.failure.message)
  await write(word.adminUrl)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await open('server')
  expect(next.embedded?.pid).toBe(word.postgres)
  expect(await read(next.adminUrl)).toEqual([{ n: 1 }])
  await next.close()
})

it('recovers what was committed when Postgres itself was killed', async () => {
  const { child, word } = await openElsewhere('server')
  if (word.failure) throw new Error(word.failure.message)
  await write(word.adminUrl)
  child.kill('SIGKILL')
  process.kill(word.postgres, 'SIGKILL')
  await once(child, 'exit')
  const next = await open('server')
  expect(next.embedded?.pid).not.toBe(word.postgres)
  expect(await read(next.adminUrl)).toEqual([{ n: 1 }])
  await next.close()
})

it('brings Postgres back on the same address when it dies while it is held', async () => {
  const database = await open('server')
  await write(database.adminUrl)
  const identity = await identify(database.embedded?.pid ?? 0)
  process.kill(identity.pid, 'SIGKILL')
  await expect.poll(() => read(database.adminUrl).catch(() => null), PATIENCE).toEqual([{ n: 1 }])
  expect(await isAlive(identity)).toBe(false)
  await database.close()
})

it('takes no other program for its Postgres when that program got the number of a dead one', async () => {
  await (await open('server')).close()
  const file = join(dataDir, 'postgres', 'cluster', 'postmaster.pid')
  await writeFile(file, [process.pid, dataDir, 0, 1, '', '127.0.0.1', '', 'ready'].join('\n'))
  const database = await open('server')
  expect(database.embedded?.pid).not.toBe(process.pid)
  await database.close()
})

it('does not take a process for the holder because it got the number of a dead one', async () => {
  const holder = { id: 'x', pid: process.pid, started: 'in another life', role: 'server', startedAt: '' }
  await writeFile(join(dataDir, 'holder.json'), JSON.stringify({ port: 1, holders: [holder] }))
  const database = await open('server')
  expect(database.embedded?.port).toBeGreaterThan(1)
  await database.close()
})

it('makes one Postgres when two processes start at once where an earlier first start was interrupted', async () => {
  const folder = await freshFolder()
  await mkdir(join(folder, 'postgres', 'cluster.new', 'base'), { recursive: true })
  const [{ child, word }, here] = await Promise.all([openElsewhere('join', folder), open('join', folder)])
  expect(word).toMatchObject({ adminUrl: here.adminUrl, postgres: here.embedded?.pid })
  await letGo(child)
  await here.close()
  await rm(folder, { recursive: true })
})

it('keeps the password from other users of the machine', async () => {
  const { adminUrl, close } = await open('server')
  const wrong = new URL(adminUrl)
  wrong.password = 'wrong'
  await expect(asAdmin(wrong.href, async () => {})).rejects.toThrow(/password authentication failed/)
  expect((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o077).toBe(0)
  expect(await readFile(join(dataDir, 'holder.json'), 'utf8')).not.toContain(new URL(adminUrl).password)
  await close()
})

it.runIf(isRootWithNamespaces)('works as root in a folder that no other user gets into', async () => {
  const folder = await freshFolder()
  await chmod(folder, 0o700)
  const database = await open('server', folder)
  await asAdmin(database.adminUrl, (client) => client.query('SELECT'))
  await database.close()
  expect((await stat(join(folder, 'postgres', 'cluster'))).uid).toBe(0)
  // Opened up later, the same data serves on, now as an ordinary user's.
  await chmod(folder, 0o711)
  await (await open('server', folder)).close()
  expect((await stat(join(folder, 'postgres', 'cluster'))).uid).not.toBe(0)
  await rm(folder, { recursive: true })
})

it('names a folder that can not be used, and what to do', async () => {
  const file = join(dataDir, 'a-file')
  await writeFile(file, '')
  for (const folder of [file, join(file, 'below')]) {
    await expect(open('join', folder)).rejects.toMatchObject({
      failure: { code: 'config.data_dir', message: expect.stringContaining(folder) },
    })
  }
})

it('refuses an address that is none, and keeps its password out of the message', async () => {
  const opened = openDatabase({ dataDir, mode: 'join', databaseUrl: 'mysql://root:secret@localhost/x' })
  await expect(opened).rejects.toMatchObject({ failure: { code: 'config.database_url' } })
  await expect(opened).rejects.not.toThrow(/secret/)
})
