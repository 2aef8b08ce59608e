/**
 * Plain Node code in place of a sandbox process, behind the same walls: what code that got out of its isolate could do.
 * Tries each way out once it is given work, as late as plugin code, and answers with what came of it.
 */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns'
import { once } from 'node:events'
import { fstatSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { open as openInspector } from 'node:inspector'
import { Socket, connect, createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { FrameReader, encodeFrame } from '../frames.ts'

const MAX_FRAME_BYTES = 1024 * 1024
const channel = new Socket({ fd: 3, readable: true, writable: true })
const reader = new FrameReader(MAX_FRAME_BYTES)

const WAYS: Record<string, (port: number) => unknown> = {
  'read a file': () => readFileSync('/etc/passwd'),
  'read the environment of its parent': () => readFileSync(`/proc/${process.ppid}/environ`),
  'list a folder': () => readdirSync('/'),
  'write a file': () => writeFileSync('left-behind', 'x'),
  'write a file elsewhere': () => writeFileSync('/tmp/left-behind', 'x'),
  'open a device': () => openSync('/dev/urandom', 'r'),
  'connect a socket': (port) => once(connect(port, '127.0.0.1'), 'connect'),
  'connect a local socket': () => once(connect('/tmp/.s.PGSQL.5432'), 'connect'),
  'listen on a socket': () => once(createServer().listen(0), 'listening'),
  'send a datagram': (port) =>
    new Promise((resolve, reject) => {
      const socket = createSocket('udp4')
      socket.once('error', reject)
      socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : resolve(null)))
    }),
  'resolve a name': () =>
    new Promise((resolve, reject) => lookup('localhost', (error) => (error ? reject(error) : resolve(null)))),
  'start a program': () => once(spawn('/bin/true'), 'spawn'),
  'start a thread': () => once(new Worker('0', { eval: true }), 'online'),
  'open the inspector': () => openInspector(0),
  'signal its parent': () => process.kill(process.ppid, 0),
}

/** `null` where the way was open, else what stood in it. */
async function attempt(way: (port: number) => unknown, port: number): Promise<string | null> {
  try {
    await way(port)
    return null
  } catch (error) {
    if (error instanceof Error) return 'code' in error ? String(error.code) : error.message
    return String(error)
  }
}

function openDescriptors(): number[] {
  return Array.from({ length: 256 }, (_, fd) => fd).filter((fd) => {
    try {
      fstatSync(fd)
      return true
    } catch {
      return false
    }
  })
}

channel.on('data', (chunk: Buffer) => {
  for (const { header, body } of reader.read(chunk)) void answer(header as { seq: number }, Number(body))
})
channel.write(encodeFrame({ ready: true }))

async function answer({ seq }: { seq: number }, port: number): Promise<void> {
  const ways: Record<string, string | null> = {}
  for (const [name, way] of Object.entries(WAYS)) ways[name] = await attempt(way, port)
  const found = {
    user: process.getuid?.() ?? null,
    environment: process.env,
    descriptors: openDescriptors(),
    ways,
  }
  channel.write(encodeFrame({ seq }, JSON.stringify(found)))
}
