import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#store'
import { hasRedis, testRedis } from '../../engine/queue/testing/redis.ts'

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pressroom-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The embedded Postgres on a fresh folder, with the settings that a server start gives it. */
export const withPostgres = <T>(use: (adminUrl: string, pid: number) => Promise<T>): Promise<T> =>
  withFolder(async (dataDir) => {
    const database = await openDatabase({ dataDir, mode: 'server' })
    try {
      return await use(database.adminUrl, database.embedded?.pid ?? 0)
    } finally {
      await database.close()
    }
  })

/** A fresh Redis, or null where none is installed. */
export async function withRedis<T>(use: (url: string) => Promise<T>): Promise<T | null> {
  if (!hasRedis()) return null
  const redis = await testRedis()
  try {
    return await use(redis.url)
  } finally {
    await redis.stop()
  }
}
