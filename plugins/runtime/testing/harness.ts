import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NO_USAGE } from '#graph'
import type { HostPort, Json, ModelCall, SandboxResult, SandboxStep } from '#run/interfaces.ts'
import { createSandbox, type NodeSandbox, type SandboxOptions } from '../index.ts'

export const FIXTURES = {
  id: 'test/fixtures',
  folder: fileURLToPath(new URL('./fixtures/', import.meta.url)),
}

export interface TestSandbox {
  sandbox: NodeSandbox
  run(
    node: string,
    config: Json,
    more?: Partial<SandboxStep> & { host?: HostPort; signal?: AbortSignal },
  ): Promise<SandboxResult>
  close(): Promise<void>
}

/** A sandbox over the fixtures with limits low enough for tests, its cache thrown away afterwards. */
export async function testSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-sandbox-'))
  const limits = { sliceMs: 1_000, graceMs: 1_500, ...options.limits }
  const few = { processes: 1, maxProcesses: 1 }
  const sandbox = await createSandbox({ plugins: [FIXTURES], ...few, cacheDir, ...options, limits })
  let steps = 0
  return {
    sandbox,
    run: (node, config, { host = hostWith(), signal = new AbortController().signal, ...more } = {}) => {
      const nodeId = `node-${++steps}`
      const step: SandboxStep = {
        organisationId: 'org-1',
        runId: 'run-1',
        node: `${node}@1`,
        step: { id: `step-${steps}`, nodeId: 'node', path: nodeId },
        seed: 42,
        runInput: null,
        config,
        inputs: {},
        gathered: {},
        entry: null,
        agents: {},
        contentType: null,
        ...more,
      }
      return sandbox.run(step, host, signal)
    },
    close: async () => {
      await sandbox.close()
      await rm(cacheDir, { recursive: true, force: true })
    },
  }
}

export type TestHost = HostPort & {
  calls: ModelCall[]
  logs: { message: string; facts: Json }[]
  progressed: string[]
}

/** A host that answers every request through `answer`, "Yes." by default, and keeps what it was told. */
export function hostWith(answer: HostPort['generate'] = async () => replyOf('Yes.')): TestHost {
  const host: TestHost = {
    calls: [],
    logs: [],
    progressed: [],
    generate: (call) => {
      host.calls.push(call)
      return answer(call)
    },
    log: (message, facts) => host.logs.push({ message, facts }),
    progress: (message) => host.progressed.push(message),
  }
  return host
}

export const replyOf = (text: string, data: Json = null) => ({
  ok: true as const,
  reply: { text, data, model: 'test-model', usage: NO_USAGE },
})

export const codeOf = (result: SandboxResult): string => (result.ok ? 'ok' : result.failure.code)

export function valueOf(result: SandboxResult, port = 'output'): Json {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  const output = result.outputs.find((candidate) => candidate.port === port)
  if (!output) throw new Error(`nothing at port ${port}`)
  return output.value
}

/** A promise settled by hand. */
export function settledByHand<T>() {
  let settle: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => (settle = resolve))
  return { promise, settle }
}
