import { setTimeout as sleep } from 'node:timers/promises'
import ivm from 'isolated-vm'
import { NO_USAGE, PressroomError, grantsSchema } from '#graph'
import type { HostPort, SandboxStep } from '#run/interfaces.ts'
import { createSandbox, pluginScript, type NodeSandbox } from '#runtime'
import { milliseconds, perSecond, round, spread } from './lib/measure.ts'
import type { Benchmark, Emit } from './lib/measure.ts'
import { withFolder } from './lib/servers.ts'

const CALLS = 1_000
const WARM_UP = 100
const ORGANISATIONS = 12
const BARE_ISOLATES = 50
const IDLE_MS = 2_000
const TEXT = 'Dear {{ input.name }}, welcome to {{ input.place | upcase }}.'
const INPUT = { name: 'Ada', place: 'Leeds' }
const EXPECTED = 'Dear Ada, welcome to LEEDS.'

/** A node without capabilities: what is left is the sandbox itself. */
const host: HostPort = {
  generate: () => Promise.reject(new Error('this node calls no model')),
  log: () => undefined,
  progress: () => undefined,
}

const stepOf = (organisationId: string, runId: string, call: number): SandboxStep => ({
  organisationId,
  runId,
  node: 'template-text@1',
  step: { id: `step-${call}`, nodeId: 'text', path: String(call) },
  seed: 1,
  runInput: {},
  config: { text: TEXT },
  inputs: { input: INPUT },
  gathered: {},
  entry: null,
  agents: {},
  contentType: null,
})

async function call(sandbox: NodeSandbox, step: SandboxStep): Promise<void> {
  const result = await sandbox.run(step, host, new AbortController().signal)
  if (!result.ok) throw new PressroomError(result.failure)
  const value = result.outputs[0]?.value
  if (value !== EXPECTED) throw new Error(`the node gave ${JSON.stringify(value)}`)
}

/** From nothing to the first finished call; with `cacheDir` kept, as at every later start. */
async function coldStart(cacheDir: string, emit: Emit, kind: string): Promise<void> {
  let sandbox: NodeSandbox | undefined
  const openMs = await milliseconds(async () => (sandbox = await createSandbox({ cacheDir })))
  if (!sandbox) throw new Error('the sandbox did not open')
  const opened = sandbox
  const firstCallMs = await milliseconds(() => call(opened, stepOf('first', 'first', 0)))
  emit('cold start', {
    kind,
    openMs: round(openMs),
    firstCallMs: round(firstCallMs),
    totalMs: round(openMs + firstCallMs),
  })
  await opened.close()
}

async function warmCalls(sandbox: NodeSandbox, runOf: (index: number) => string) {
  const samples: number[] = []
  for (let index = 0; index < WARM_UP + CALLS; index++) {
    const step = stepOf('warm', runOf(index), index)
    const ms = await milliseconds(() => call(sandbox, step))
    if (index >= WARM_UP) samples.push(ms)
  }
  return spread(samples)
}

async function inParallel(sandbox: NodeSandbox, lanes: number): Promise<number> {
  const ms = await milliseconds(() =>
    Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        for (let index = 0; index < CALLS / lanes; index++) {
          await call(sandbox, stepOf('parallel', `run-${lane}`, index))
        }
      }),
    ),
  )
  return perSecond(CALLS, ms)
}

async function memory(cacheDir: string, emit: Emit): Promise<void> {
  const limits = { idleMs: IDLE_MS }
  const sandbox = await createSandbox({ cacheDir, processes: 1, maxProcesses: 1, limits })
  await call(sandbox, stepOf('organisation-0', 'run', 0))
  const before = await sandbox.stats()
  for (let index = 1; index < ORGANISATIONS; index++) {
    await call(sandbox, stepOf(`organisation-${index}`, 'run', index))
  }
  const after = await sandbox.stats()
  const [small, large] = [before.processes[0], after.processes[0]]
  if (!small || !large) throw new Error('the sandbox has no process')
  const isolates = large.isolates.length - small.isolates.length
  emit('memory per live isolate', {
    isolates: large.isolates.length,
    rssMbPerIsolate: round((large.rssBytes - small.rssBytes) / isolates / 2 ** 20),
    heapMbPerIsolate: round(
      large.isolates.reduce((sum, isolate) => sum + isolate.heapBytes, 0) / large.isolates.length / 2 ** 20,
    ),
    processRssMb: round(large.rssBytes / 2 ** 20),
  })
  await idle(sandbox, emit, small.rssBytes, large.isolates.length)
  await sandbox.close()
}

/** What is left of them when nothing has run in them for a while. */
async function idle(sandbox: NodeSandbox, emit: Emit, rssBefore: number, used: number): Promise<void> {
  const given = Date.now() + 10 * IDLE_MS
  let process = (await sandbox.stats()).processes[0]
  while (process && Date.now() < given && process.isolates.some(({ organisationId }) => organisationId)) {
    await sleep(IDLE_MS / 2)
    process = (await sandbox.stats()).processes[0]
  }
  if (!process) throw new Error('the sandbox has no process')
  emit('memory per idle isolate', {
    isolatesUsed: used,
    isolatesKept: process.isolates.length,
    rssMbPerIsolate: round(Math.max(0, process.rssBytes - rssBefore) / used / 2 ** 20),
  })
}

const PLUGINS = 1_000
const SAMPLED_EVERY = 100
/** A plugin as people write them: a few kilobytes, and a request to the host. */
const pluginSource = (index: number) => `
const words = ${JSON.stringify(Array.from({ length: 300 }, (_, word) => `word-${index}-${word}`))}
export default async (input, host) => {
  const reply = await host.model.generate({ prompt: input.name, purpose: 'Ask' })
  return { plugin: ${index}, said: reply.text, words: words.length }
}`

const answering: HostPort = {
  ...host,
  generate: async () => ({
    ok: true,
    reply: { text: 'Yes.', data: null, model: 'none', usage: NO_USAGE },
  }),
}

async function pluginCall(sandbox: NodeSandbox, plugin: string, call: number, index: number): Promise<void> {
  const step = { ...stepOf('plugins', 'plugins', call), plugin, node: 'body@1', config: {} }
  const grants = grantsSchema.parse({ model: true })
  const result = await sandbox.run({ ...step, grants }, answering, new AbortController().signal)
  if (!result.ok) throw new PressroomError(result.failure)
  const value = result.outputs[0]?.value as { plugin?: number }
  if (value.plugin !== index) throw new Error(`plugin ${index} gave ${JSON.stringify(value)}`)
}

/** Plugins of one file: warm with a request to the host, cold, and so many of them that none can stay. */
async function plugins(cacheDir: string, emit: Emit): Promise<void> {
  const sandbox = await createSandbox({ cacheDir, plugins: [], processes: 1, maxProcesses: 1 })
  const scripts = await Promise.all(
    Array.from({ length: PLUGINS }, (_, index) => pluginScript(`plugin-${index}.js`, pluginSource(index))),
  )
  await sandbox.addPlugin('warm', scripts[0] ?? '')
  const warm: number[] = []
  for (let index = 0; index < WARM_UP + CALLS; index++) {
    const ms = await milliseconds(() => pluginCall(sandbox, 'warm', index, 0))
    if (index >= WARM_UP) warm.push(ms)
  }
  emit('warm plugin call with one request through the broker', spread(warm))

  const cold: number[] = []
  const rss: number[] = []
  for (const [index, script] of scripts.entries()) {
    await sandbox.addPlugin(`plugin-${index}`, script)
    cold.push(await milliseconds(() => pluginCall(sandbox, `plugin-${index}`, index, index)))
    if (index % SAMPLED_EVERY === SAMPLED_EVERY - 1)
      rss.push(round(((await sandbox.stats()).processes[0]?.rssBytes ?? 0) / 2 ** 20))
  }
  emit('cold plugin: its first call', spread(cold))
  emit('distinct plugins in one process', {
    plugins: PLUGINS,
    processesStarted: (await sandbox.stats()).started,
    rssMbByHundred: rss.join(' '),
    rssMbGrownSinceFirstHundreds: round((rss.at(-1) ?? 0) - Math.max(...rss.slice(0, 3))),
  })
  await sandbox.close()
}

/** isolated-vm with nothing around it: no process, no watchdog, no SDK, the same text filled in by plain code. */
async function bare(emit: Emit): Promise<void> {
  const source = `(json) => {
    const input = JSON.parse(json)
    return JSON.stringify('Dear ' + input.name + ', welcome to ' + input.place.toUpperCase() + '.')
  }`
  const open = async () => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 })
    const context = await isolate.createContext()
    const run: ivm.Reference<(json: string) => string> = await context.eval(source, { reference: true })
    return { isolate, run }
  }
  const input = JSON.stringify(INPUT)
  const cold: number[] = []
  const live: ivm.Isolate[] = []
  const rssBefore = process.memoryUsage().rss
  for (let index = 0; index < BARE_ISOLATES; index++) {
    cold.push(
      await milliseconds(async () => {
        const { isolate, run } = await open()
        await run.apply(undefined, [input], { result: { copy: true } })
        live.push(isolate)
      }),
    )
  }
  const rssMb = (process.memoryUsage().rss - rssBefore) / live.length / 2 ** 20
  for (const isolate of live) isolate.dispose()

  const { isolate, run } = await open()
  const warm: number[] = []
  for (let index = 0; index < WARM_UP + CALLS; index++) {
    const ms = await milliseconds(() =>
      run.apply(undefined, [input], { result: { copy: true }, timeout: 2_000 }),
    )
    if (index >= WARM_UP) warm.push(ms)
  }
  isolate.dispose()
  emit('bare isolated-vm: new isolate, context and first call', spread(cold))
  emit('bare isolated-vm: warm call', spread(warm))
  emit('bare isolated-vm: memory per live isolate', {
    isolates: BARE_ISOLATES,
    rssMbPerIsolate: round(rssMb),
  })
}

const sandboxBench: Benchmark = (emit) =>
  withFolder(async (cacheDir) => {
    await coldStart(cacheDir, emit, 'first start, plugins bundled')
    await coldStart(cacheDir, emit, 'later start, bundles and compiled code cached')
    const sandbox = await createSandbox({ cacheDir })
    emit('warm node call, one run', await warmCalls(sandbox, () => 'run'))
    emit('warm node call, a new run each', await warmCalls(sandbox, (index) => `run-${index}`))
    emit('node calls per second', { lanes: 8, callsPerSecond: await inParallel(sandbox, 8) })
    await sandbox.close()
    await memory(cacheDir, emit)
    await plugins(cacheDir, emit)
    await bare(emit)
  })

export default sandboxBench
