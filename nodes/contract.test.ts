import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { NO_USAGE, type NodeExample, type NodeManifest } from '#sdk'
import { createSandbox } from '#runtime'
import type { HostPort, Json, SandboxOutput, SandboxStep } from '#run/interfaces.ts'

const cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-nodes-'))
const sandbox = await createSandbox({ cacheDir, processes: 1 })
const manifests = sandbox.manifests()
afterAll(async () => {
  await sandbox.close()
  await rm(cacheDir, { recursive: true, force: true })
})

type Example = NodeExample<Json, Record<string, never>>

function stepOf(manifest: NodeManifest, example: Example, index: number): SandboxStep {
  const given = example.inputs as Record<string, Json>
  const all = manifest.mode === 'all'
  return {
    organisationId: 'examples',
    runId: `${manifest.type}-${index}`,
    node: `${manifest.type}@${manifest.version}`,
    step: { id: 'example-step', nodeId: manifest.type, path: `${manifest.type}/${index}` },
    seed: 1,
    runInput: (example.runInput ?? null) as Json,
    config: example.config,
    inputs: all ? {} : given,
    gathered: all ? (given as Record<string, Json[]>) : {},
    entry: example.entry ?? null,
    agents: example.agents ?? {},
    contentType: example.contentType ?? null,
    ...(example.resumed ? { resumed: example.resumed } : {}),
    ...(example.rework ? { rework: example.rework } : {}),
  }
}

/** Gives the example's replies in order; asking for one more than there are fails the step. */
function scripted(replies: NonNullable<Example['replies']>): HostPort & { left(): number } {
  const waiting = [...replies]
  return {
    left: () => waiting.length,
    generate: async ({ model }) => {
      const reply = waiting.shift()
      if (reply === undefined) {
        const failure = {
          code: 'example.silent',
          message: 'no reply left',
          fix: '',
          retryable: false,
          facts: {},
        }
        return { ok: false, failure }
      }
      const text = typeof reply === 'string' ? reply : JSON.stringify(reply)
      const data = typeof reply === 'string' ? null : (reply as Json)
      const usage = { ...NO_USAGE, calls: 1, inputTokens: 10, outputTokens: 10 }
      return { ok: true, reply: { text, data, model: model ?? 'default-model', usage } }
    },
    log: () => {},
    progress: () => {},
  }
}

const byPort = (outputs: SandboxOutput[], port: string) => outputs.filter((output) => output.port === port)

test('no two nodes share a type', () => {
  const types = manifests.map(({ type }) => type)
  expect(types).toEqual([...new Set(types)])
  expect(types.length).toBeGreaterThan(0)
})

describe.each(manifests.map((manifest) => [manifest.type, manifest] as const))('%s', (_type, manifest) => {
  const examples = manifest.examples as unknown as Example[]

  test('has an example', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(examples.map((example, index) => [example.title, example, index] as const))(
    '%s',
    async (_title, example, index) => {
      const host = scripted(example.replies ?? [])
      const result = await sandbox.run(stepOf(manifest, example, index), host, new AbortController().signal)
      expect(result).toMatchObject({ ok: true })
      const { outputs, wait } = result.ok ? result : { outputs: [] }
      expect([wait]).toMatchObject([example.waits])
      for (const [port, expected] of Object.entries(example.outputs)) {
        const values = byPort(outputs, port).map(({ value }) => value)
        expect(values).toHaveLength(expected.length)
        // A list is compared item by item; objects may hold more than the example shows.
        expect({ [port]: values }).toMatchObject({ [port]: expected })
      }
      expect(outputs.filter(({ port }) => !(port in example.outputs))).toEqual([])
      expect(outputs.every(({ label }) => label !== '')).toBe(true)
      expect(host.left()).toBe(0)
    },
  )
})
