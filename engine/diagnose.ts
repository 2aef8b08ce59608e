import { access, constants, mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { ModelStatus } from '#gateway'
import type { Diagnosis } from './cli/pressroom.ts'
import type { Config } from './config.ts'

const PATIENCE_MS = 3_000

/** Looks at everything that Pressroom needs or can use. Changes nothing but the data folder's existence. */
export async function diagnose(
  config: Config,
  look: { models(): Promise<ModelStatus[]>; studioDir: string },
): Promise<Diagnosis[]> {
  const [data, database, queue, port, models] = await Promise.all([
    dataFolder(config),
    databaseOf(config),
    queueOf(config),
    portOf(config),
    look.models(),
  ])
  return [runtime(), data, database, queue, port, masterKeyOf(config), studioOf(look.studioDir), ...models.map((model) => modelOf(model, config))]
}

const ok = (what: string, message: string): Diagnosis => ({ what, state: 'ok', message, fix: null })
const broken = (what: string, message: string, fix: string): Diagnosis => ({ what, state: 'broken', message, fix })
const reason = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error))

function runtime(): Diagnosis {
  return ok('Node', `${process.version}, which came with the dependencies`)
}

async function dataFolder({ dataDir }: Config): Promise<Diagnosis> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.R_OK | constants.W_OK)
    return ok('Data folder', dataDir)
  } catch (error) {
    return broken('Data folder', `${dataDir} can't be written: ${reason(error)}`, 'Set DATA_DIR to a folder you own.')
  }
}

async function databaseOf({ databaseUrl, dataDir }: Config): Promise<Diagnosis> {
  if (!databaseUrl) {
    const there = existsSync(join(dataDir, 'postgres'))
    return ok('Database', `embedded Postgres, ${there ? 'data is there' : 'made on first start'}`)
  }
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: PATIENCE_MS })
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return ok('Database', `Postgres ${rows[0]?.server_version ?? ''} at DATABASE_URL answers`)
  } catch (error) {
    const fix = 'Check that it runs and that user, password and database are right, or unset DATABASE_URL.'
    return broken('Database', `DATABASE_URL can't be used: ${reason(error)}`, fix)
  } finally {
    await client.end()
  }
}

async function queueOf({ redisUrl }: Config): Promise<Diagnosis> {
  if (!redisUrl) return ok('Queue', 'on Postgres')
  const redis = new Redis(redisUrl, { lazyConnect: true, connectTimeout: PATIENCE_MS, retryStrategy: () => null })
  // Without a listener the client prints what the diagnosis says already.
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
    return ok('Queue', 'Redis at REDIS_URL answers')
  } catch (error) {
    return broken('Queue', `REDIS_URL can't be used: ${reason(error)}`, 'Start Redis, or unset REDIS_URL to use Postgres.')
  } finally {
    redis.disconnect()
  }
}

function portOf({ host, port }: Config): Promise<Diagnosis> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE'
      resolve(
        taken
          ? { what: 'Port', state: 'missing', message: `${port} is taken, by Pressroom itself or another program`, fix: 'If it is another program, set PORT to a free one.' }
          : broken('Port', `${host}:${port} can't be used: ${reason(error)}`, 'Set HOST and PORT to an address of this machine.'),
      )
    })
    server.listen(port, host, () => server.close(() => resolve(ok('Port', `${host}:${port} is free`))))
  })
}

function masterKeyOf({ masterKey, dataDir }: Config): Diagnosis {
  if (masterKey) return ok('Master key', 'from PRESSROOM_MASTER_KEY')
  const file = join(dataDir, 'master.key')
  return ok('Master key', existsSync(file) ? `in ${file}: keep a copy of it` : `made on first start in ${file}`)
}

function studioOf(studioDir: string): Diagnosis {
  if (existsSync(join(studioDir, 'index.html'))) return ok('Studio', 'built')
  return broken('Studio', 'not built', 'Run: npm run build')
}

function modelOf({ provider, reachable, message, fix }: ModelStatus, { ollamaHost }: Config): Diagnosis {
  const what = `Models: ${provider}`
  if (reachable) return { what, state: 'ok', message, fix }
  // A server that nobody asked for may be absent: the sample model serves instead.
  return { what, state: ollamaHost && provider === 'ollama' ? 'broken' : 'missing', message, fix }
}
