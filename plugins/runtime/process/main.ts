/**
 * A sandbox process: reads requests from its only channel, works on them one at a time, answers each. It has no
 * environment, no credentials and no other way out. Closing the channel ends it, whatever it is doing: guest code runs
 * on other threads, so this one always notices.
 */
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { FrameReader, encodeFrame, type Frame } from '../frames.ts'
import type { SandboxLimits } from '../options.ts'
import type { Answer, Request } from '../protocol.ts'
import { endOf, type GuestContext } from './guest-context.ts'
import type { GuestIsolate } from './guest-isolate.ts'
import { Isolates } from './isolates.ts'
import { memory } from './memory.ts'

const MEGABYTE = 1024 * 1024
const MAX_REQUEST_BYTES = 64 * MEGABYTE
const MEMORY_CHECK_MS = 50
const SWEEP_EVERY = 20

process.env.TZ = 'UTC'
const limits = JSON.parse(process.argv[2] ?? '{}') as SandboxLimits
const channel = new Socket({ fd: 3, readable: true, writable: true })
const reader = new FrameReader(MAX_REQUEST_BYTES)
const isolates = new Isolates(limits.isolateMegabytes, limits.sliceMs, limits.idleMs)
const places = new Map<number, { isolate: GuestIsolate; context: GuestContext }>()
const waiting: Frame[] = []
let working = false
let { rssBytes } = memory()

function die(reason: string): never {
  try {
    writeSync(2, `${reason}\n`)
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
  throw new Error(reason)
}

let checks = 0
setInterval(() => {
  ;({ rssBytes } = memory())
  if (rssBytes > limits.hardProcessMegabytes * MEGABYTE) die(`sandbox: out of memory, ${rssBytes} bytes`)
  checks += 1
  if (checks % SWEEP_EVERY === 0 && !working) isolates.sweep()
}, MEMORY_CHECK_MS).unref()

channel.on('data', (chunk: Buffer) => {
  waiting.push(...reader.read(chunk))
  if (!working) void work()
})
channel.on('close', () => process.kill(process.pid, 'SIGKILL'))
channel.on('error', (error) => die(`sandbox: channel failed: ${error.message}`))
channel.write(encodeFrame({ ready: true }))

async function work(): Promise<void> {
  working = true
  for (;;) {
    const frame = waiting.shift()
    if (frame) {
      const request = frame.header as Request
      const { body, ...answer } = await handle(request, frame.body)
      channel.write(encodeFrame({ seq: request.seq, rssBytes, ...answer }, body))
    } else {
      // Answers and new requests go before what is made ahead.
      await new Promise((resolve) => setImmediate(resolve))
      if (waiting.length === 0 && !(await isolates.prepare())) break
    }
  }
  working = false
}

type Handled = Omit<Answer, 'seq'> & { body?: string }

async function handle(request: Request, body: string): Promise<Handled> {
  if (request.op === 'run' || request.op === 'reply' || request.op === 'drop') return slice(request, body)
  try {
    return await serve(request, body)
  } catch (error) {
    return { end: endOf(error), error: error instanceof Error ? error.message : String(error) }
  }
}

async function serve(request: Exclude<Request, { step: number }>, body: string): Promise<Handled> {
  switch (request.op) {
    case 'load': {
      const given = request.snapshot === null ? null : Buffer.from(request.snapshot, 'base64')
      const made = await isolates.load(request.plugin, body, given)
      return made === null ? {} : { snapshot: made.toString('base64') }
    }
    case 'script':
      isolates.loadScript(request.plugin, body, request.over)
      return {}
    case 'unload':
      isolates.unload(request.plugin)
      return {}
    case 'manifests': {
      const isolate = await isolates.of('', request.plugin, '')
      return { body: await (await isolate.contextOf('')).manifests() }
    }
    case 'forget':
      isolates.forget(request.organisation, request.run)
      return {}
    case 'stats':
      return { body: JSON.stringify({ rssBytes, isolates: isolates.stats() }) }
    case 'probe':
      throw new Error('this process works on steps')
  }
}

async function slice(request: Request & { step: number }, body: string): Promise<Handled> {
  if (!limits.measure) return slicePlain(request, body)
  const before = { cpu: process.cpuUsage(), memory: memory() }
  const handled = await slicePlain(request, body)
  const { user, system } = process.cpuUsage(before.cpu)
  const after = memory()
  const peak = after.peakBytes > before.memory.peakBytes ? after.peakBytes : after.rssBytes
  const peakBytes = Math.max(0, peak - before.memory.rssBytes)
  return { ...handled, took: { cpuMs: (user + system) / 1_000, peakBytes } }
}

async function slicePlain(request: Request & { step: number }, body: string): Promise<Handled> {
  let isolate: GuestIsolate | null = null
  try {
    if (request.op === 'run') {
      isolate = await isolates.of(request.organisation, request.plugin, request.run)
      places.set(request.step, { isolate, context: await isolate.contextOf(request.run) })
    }
    const place = places.get(request.step)
    if (!place) return {}
    if (place.isolate.ended) {
      places.delete(request.step)
      return { end: 'lost' }
    }
    isolate = place.isolate
    const messages = await deliver(place.isolate, place.context, request, body)
    if (request.op === 'drop' || place.context.live === 0) places.delete(request.step)
    return { body: messages }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    isolate?.end()
    places.delete(request.step)
    return { end: endOf(error), error: message }
  }
}

async function deliver(
  isolate: GuestIsolate,
  context: GuestContext,
  request: Request & { step: number },
  body: string,
) {
  const before = isolate.cpuMs
  const op = request.op === 'run' || request.op === 'drop' ? request.op : 'reply'
  const spent = context.cpuMs.get(request.step) ?? 0
  const timeout = Math.max(1, Math.ceil(Math.min(limits.sliceMs, limits.cpuMs - spent)))
  const messages = await context.deliver(op, request.step, body, timeout)
  if (context.live > 0) context.cpuMs.set(request.step, spent + isolate.cpuMs - before)
  return messages
}
