import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'

export interface TestRedis {
  url: string
  /** Loses everything that the server holds. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0

/** A real server in memory on a free loopback port. */
export async function testRedis(): Promise<TestRedis> {
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(server, 'exit')
  await ready(server.stdout)
  const url = `redis://127.0.0.1:${port}`

  return {
    url,
    async flush() {
      const redis = new Redis(url)
      await redis.flushall()
      await redis.quit()
    },
    async stop() {
      server.kill('SIGTERM')
      await exited
    },
  }
}

async function ready(output: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: output })) {
    lines.push(line)
    if (line.includes('Ready to accept connections')) return
  }
  throw new Error(`redis-server ended before it was ready:\n${lines.join('\n')}`)
}
