import { createHash } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PressroomError } from '#graph'

const WAIT_MS = 90_000
const LOOK_AGAIN_MS = 15

/**
 * Runs `work` while no other process runs something for the same folder. The lock is a listening socket that has no
 * file (Linux, Windows): the system lets go of it when its process dies, however it dies.
 */
export async function withGate<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const address = await gateAddress(folder)
  const deadline = Date.now() + WAIT_MS
  let gate = await tryListen(address)
  while (!gate) {
    if (Date.now() > deadline) throw stuck(folder)
    await sleep(LOOK_AGAIN_MS)
    gate = await tryListen(address)
  }
  try {
    return await work()
  } finally {
    const held = gate
    await new Promise((resolve) => held.close(resolve))
  }
}

/** Named after the folder itself and not its path: the same folder seen under two paths has one gate. */
async function gateAddress(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true })
  const name = `pressroom-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 24)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

async function tryListen(address: string): Promise<Server | null> {
  try {
    return await listen(address)
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error
    const leftBehind = address.startsWith('/') && !(await answers(address))
    if (leftBehind) await rm(address, { force: true })
    return null
  }
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen(address, () => resolve(server))
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

const hasCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code

const stuck = (folder: string) =>
  new PressroomError({
    code: 'data.busy',
    message: `Another process has been starting or stopping the database in ${folder} for ${WAIT_MS / 1000} seconds.`,
    fix: 'Look for another Pressroom on this machine that hangs while starting, end it, and start again.',
    retryable: true,
    facts: { folder },
  })
