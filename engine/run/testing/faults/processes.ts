import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Orders } from './orders.ts'

const PROGRAM = join(import.meta.dirname, 'process.ts')

/** Processes under test, the next one always started ahead, so that nobody waits for it. */
export class Processes {
  readonly #alive = new Set<ChildProcess>()
  #next: Promise<ChildProcess> | null = null

  async start(orders: Orders): Promise<ChildProcess> {
    const child = await (this.#next ?? begin())
    child.send(orders)
    this.#alive.add(child)
    child.once('exit', () => this.#alive.delete(child))
    this.#next = begin()
    return child
  }

  async close(): Promise<void> {
    const next = await this.#next
    next?.disconnect()
    await Promise.all([...this.#alive].map(kill))
  }
}

/** SIGKILL, and waits. */
export async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function begin(): Promise<ChildProcess> {
  const child = fork(PROGRAM, {
    execArgv: ['--no-node-snapshot', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', process.env['FAULTS_SHOW'] ? 'inherit' : 'ignore', 'ipc'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_NO_WARNINGS: '1' },
  })
  await once(child, 'message')
  return child
}
