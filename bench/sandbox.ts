import ivm from 'isolated-vm'
import { PressroomError } from '#graph'
import type { HostPort, SandboxStep } from '#run/interfaces.ts'
import { createSandbox, type NodeSandbox } from '#runtime'
import { milliseconds, perSecond, round, spread } from './lib/measure.ts'
import type { Benchmark, Emit } from './lib/measure.ts'
import { withFolder } from './lib/servers.ts'

const CALLS = 1_000
const WARM_UP = 100
const ORGANISATIONS = 12
const BARE_ISOLATES = 50
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
  const sandbox = await createSandbox({ cacheDir, processes: 1 })
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
    await bare(emit)
  })

export default sandboxBench
