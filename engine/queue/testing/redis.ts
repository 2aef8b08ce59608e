import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'

export interface TestRedis {
  url: string
  /** Loses everything that the server holds. */
  flush(): Promise<void>
  /** Killed, and started again on its port with nothing in it. */
  crash(): Promise<void>
  stop(): Promise<void>
}

export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0

/** A real server in memory on a free loopback port. */
export async function testRedis(): Promise<TestRedis> {
  const port = await freePort()
  let server = await start(port)
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
  const url = `redis://127.0.0.1:${port}`

  return {
    url,
    async flush() {
      const redis = new Redis(url)
      await redis.flushall()
      await redis.quit()
    },
    async crash() {
      await end('SIGKILL')
      server = await start(port)
    },
    stop: () => end('SIGTERM'),
  }
}

async function start(port: number) {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  await ready(server.stdout)
  return server
}

async function ready(output: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: output })) {
    lines.push(line)
    if (line.includes('Ready to accept connections')) return
  }
  throw new Error(`redis-server ended before it was ready:\n${lines.join('\n')}`)
}
