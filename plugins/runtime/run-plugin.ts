import { PressroomError, failureOf, type Failure, type NodeManifest } from '#graph'
import type { HostPort, Json, PluginEvent, PluginOutcome, PluginTrial } from '#run/interfaces.ts'
import type { SandboxOutput, SandboxResult, SandboxStep } from '#run/interfaces.ts'
import { DEFAULT_LIMITS, type SandboxLimits } from './options.ts'
import { pluginScript } from './plugin-script.ts'
import { createSandbox, type NodeSandbox } from './sandbox.ts'

const PLUGIN = 'plugin'
/** Nobody waits an hour at a command line, as a flow may for a model. */
const USUAL_WALL_MS = 60_000
const SEED = 1
const GRACE_MS = 1_000
/** What a process holds without anybody's code. */
const PROCESS_MEGABYTES = 128

/** Runs one plugin once, in a sandbox process that is there for nothing else, and tells all that came of it. */
export async function runPlugin(trial: PluginTrial, cacheDir: string): Promise<PluginOutcome> {
  const { logs, events, host } = recorder(trial.host)
  const started = performance.now()
  let sandbox: NodeSandbox | null = null
  let result: SandboxResult
  let manifest: NodeManifest | undefined
  try {
    const script = await pluginScript(trial.file, trial.source)
    const limits = limitsOf(trial)
    sandbox = await createSandbox({ cacheDir, plugins: [], processes: 1, maxProcesses: 1, limits })
    const manifests = await sandbox.addPlugin(PLUGIN, script)
    manifest = manifests[0]
    if (!manifest) throw new Error('the plugin has no node')
    result = await sandbox.run(stepOf(trial, manifest), host, new AbortController().signal)
  } catch (error) {
    if (!(error instanceof PressroomError)) throw error
    result = { ok: false, failure: failureOf(error) }
  } finally {
    await sandbox?.close()
  }
  const usage = result.spent ?? { wallMs: performance.now() - started, cpuMs: 0, peakBytes: 0 }
  if (result.ok && result.wait) events.push({ kind: 'wait', wait: result.wait as Json })
  return {
    status: result.ok ? 'succeeded' : 'failed',
    output: result.ok && manifest && !result.wait ? outputOf(manifest, result.outputs) : null,
    error: result.ok ? null : told(result.failure),
    logs,
    events,
    usage: { ...usage, wallMs: round(usage.wallMs), cpuMs: round(usage.cpuMs) },
  }
}

const told = ({ code, message, fix }: Failure) => ({ code, message, fix })
const round = (ms: number) => Math.round(ms * 100) / 100

function limitsOf({ grants: { limits, log } }: PluginTrial): Partial<SandboxLimits> {
  const wallMs = limits.wallMs ?? USUAL_WALL_MS
  const isolateMegabytes = limits.memoryMb ?? DEFAULT_LIMITS.isolateMegabytes
  const cpuMs = limits.cpuMs ?? DEFAULT_LIMITS.cpuMs
  const lines = typeof log === 'object' ? (log.lines ?? DEFAULT_LIMITS.messages) : DEFAULT_LIMITS.messages
  const length = typeof log === 'object' ? (log.bytes ?? DEFAULT_LIMITS.logLength) : DEFAULT_LIMITS.logLength
  return {
    wallMs,
    cpuMs,
    sliceMs: Math.min(DEFAULT_LIMITS.sliceMs, wallMs, cpuMs),
    graceMs: GRACE_MS,
    isolateMegabytes,
    hardProcessMegabytes: PROCESS_MEGABYTES + 2 * isolateMegabytes,
    messages: lines,
    logLength: length,
    measure: true,
  }
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `{ config, inputs }` where it names `inputs`; anything else is the item that arrives at the first port. */
function stepOf({ grants, input }: PluginTrial, manifest: NodeManifest): SandboxStep {
  const named = isObject(input) && isObject(input['inputs'] ?? null) ? input : null
  const [first = 'input'] = Object.keys(manifest.inputs)
  const inputs = (named ? named['inputs'] : { [first]: input }) as Record<string, Json>
  const lists = Object.entries(inputs).map(([port, value]) => [port, Array.isArray(value) ? value : [value]])
  return {
    organisationId: 'trial',
    runId: 'trial',
    plugin: PLUGIN,
    node: `${manifest.type}@${manifest.version}`,
    step: { id: 'trial', nodeId: manifest.type, path: manifest.type },
    seed: SEED,
    runInput: null,
    config: named?.['config'] ?? {},
    inputs: manifest.mode === 'each' ? inputs : {},
    gathered: manifest.mode === 'all' ? (Object.fromEntries(lists) as Record<string, Json[]>) : {},
    entry: null,
    agents: {},
    contentType: null,
    grants,
  }
}

function outputOf(manifest: NodeManifest, outputs: SandboxOutput[]): Json {
  if (manifest.type === 'body') return outputs[0]?.value ?? null
  const of = (port: string) => outputs.filter((output) => output.port === port).map(({ value }) => value)
  return Object.fromEntries(Object.keys(manifest.outputs).map((port) => [port, of(port)]))
}

function recorder(ways: PluginTrial['host']) {
  const logs: PluginOutcome['logs'] = []
  const events: PluginEvent[] = []
  const host: HostPort = {
    async generate(call) {
      const answer = await ways.generate(call)
      events.push({
        kind: 'model',
        purpose: call.purpose,
        error: answer.ok ? null : answer.failure.code,
      })
      return answer
    },
    async request(call, hosts) {
      if (!ways.request) throw new Error('there is no way out here')
      const answer = await ways.request(call, hosts)
      const { method, url } = call
      const came = answer.ok
        ? { status: answer.reply.status, error: null }
        : { status: null, error: answer.failure.code }
      events.push({ kind: 'http', method, url, ...came })
      return answer
    },
    log: (message, facts) => logs.push({ message, facts }),
    progress: (message) => events.push({ kind: 'progress', message }),
  }
  return { logs, events, host }
}
