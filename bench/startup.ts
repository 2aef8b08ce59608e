import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../engine/queue/testing/free-port.ts'
import { round, spread } from './lib/measure.ts'
import type { Benchmark } from './lib/measure.ts'
import { withFolder } from './lib/servers.ts'

const ROOT = join(import.meta.dirname, '..')
const POLL_MS = 10
const GIVE_UP_MS = 60_000
/** What the product promises on two cores, from an installed tree. */
const FIRST_LIMIT_MS = 10_000
const LATER_LIMIT_MS = 4_000

const startup: Benchmark = async (emit, [runs = '3']) => {
  const first: number[] = []
  const later: number[] = []
  const stops: number[] = []
  for (let run = 0; run < Number(runs); run++) {
    await withFolder(async (dataDir) => {
      for (const times of [first, later, later]) {
        const { readyMs, stopMs } = await startAndStop(dataDir)
        times.push(readyMs)
        stops.push(stopMs)
        emit('start', {
          kind: times === first ? 'first' : 'later',
          readyMs: round(readyMs),
          stopMs: round(stopMs),
        })
      }
    })
  }
  const worst = { first: Math.max(...first), later: Math.max(...later) }
  emit('first start to /readyz', {
    ...spread(first),
    limitMs: FIRST_LIMIT_MS,
    kept: worst.first < FIRST_LIMIT_MS,
  })
  emit('later start to /readyz', {
    ...spread(later),
    limitMs: LATER_LIMIT_MS,
    kept: worst.later < LATER_LIMIT_MS,
  })
  emit('SIGTERM to exit', spread(stops))
}

async function startAndStop(dataDir: string) {
  const port = await freePort()
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DATA_DIR: dataDir,
    PORT: String(port),
  }
  const started = performance.now()
  const server = spawn(process.execPath, ['--no-node-snapshot', 'engine/main.ts', 'start'], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(server, 'exit')
  let errors = ''
  server.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  try {
    await ready(`http://127.0.0.1:${port}/readyz`, () => {
      if (server.exitCode !== null)
        throw new Error(`the server ended with code ${server.exitCode}:\n${errors}`)
    })
    const readyMs = performance.now() - started
    const stopping = performance.now()
    server.kill('SIGTERM')
    await exited
    return { readyMs, stopMs: performance.now() - stopping }
  } catch (error) {
    server.kill('SIGKILL')
    throw error
  }
}

async function ready(url: string, check: () => void): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS
  for (;;) {
    check()
    if (performance.now() > deadline) throw new Error(`${url} was not ready within ${GIVE_UP_MS} ms`)
    if (await answersOk(url)) return
    await sleep(POLL_MS)
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false
    throw error
  }
}

export default startup
