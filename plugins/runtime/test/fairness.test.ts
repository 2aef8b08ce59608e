import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantsSchema } from '#graph'
import type { Json } from '#run/interfaces.ts'
import { createSandbox, pluginScript, type NodeSandbox } from '../index.ts'
import { hostilePlugins, scriptOf } from '../testing/hostile-plugins.ts'
import { hostWith } from '../testing/harness.ts'

const CALM = `export default async (input, host) => {
  let sum = 0
  for (let turn = 0; turn < 300_000; turn++) sum += Math.sqrt(turn) % 7
  const reply = await host.model.generate({ prompt: input.topic, purpose: 'Ask' })
  return { sum, said: reply.text }
}`
const DISTURBERS = ['loops/for', 'loops/microtasks', 'memory/arrays', 'floods/logs', 'memory/map']
const STEPS = 15
const ROUNDS = 4

let cacheDir: string
let sandbox: NodeSandbox
let steps = 0

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-fairness-'))
  sandbox = await createSandbox({ cacheDir, plugins: [] })
  await sandbox.addPlugin('calm', await pluginScript('calm.js', CALM))
  for (const plugin of await hostilePlugins()) {
    if (DISTURBERS.includes(plugin.name)) await sandbox.addPlugin(plugin.name, await scriptOf(plugin))
  }
})
afterAll(async () => {
  await sandbox.close()
  await rm(cacheDir, { recursive: true, force: true })
})

function step(plugin: string, organisationId: string, runId: string, grants: Json) {
  const id = `step-${++steps}`
  const place = { step: { id, nodeId: 'node', path: id }, seed: 1, runInput: null, config: {} }
  const given = {
    inputs: { input: { topic: 'Spring' } },
    gathered: {},
    entry: null,
    agents: {},
    contentType: null,
  }
  return sandbox.run(
    { organisationId, runId, plugin, node: 'body@1', ...place, ...given, grants: grantsSchema.parse(grants) },
    hostWith(),
    new AbortController().signal,
  )
}

/** Milliseconds that the middle one of a few steps of the calm organisation took. */
async function calmSteps(): Promise<number> {
  const took: number[] = []
  for (let count = 0; count < STEPS; count++) {
    const since = performance.now()
    const result = await step('calm', 'calm', 'calm', { model: true })
    if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
    took.push(performance.now() - since)
  }
  return took.toSorted((one, other) => one - other)[Math.floor(STEPS / 2)] ?? 0
}

/** Hostile plugins one after the other, in as many lanes as an organisation gets processes, until told to stop. */
function disturb(): { stop(): Promise<void>; ran(): number } {
  const asked = new AbortController()
  let ran = 0
  const lane = async (from: number) => {
    for (let turn = from; !asked.signal.aborted; turn++) {
      const result = await step(DISTURBERS[turn % DISTURBERS.length] ?? '', 'hostile', `hostile-${turn}`, {
        log: true,
      })
      if (!result.ok) ran += 1
    }
  }
  const lanes = [lane(0), lane(1), lane(2)]
  return {
    ran: () => ran,
    stop: async () => {
      asked.abort()
      await Promise.all(lanes)
    },
  }
}

/**
 * Other work on the machine disturbs both measurements, so the best of a few rounds counts. A step that waits for another
 * organisation's would take a hundred times as long in every round.
 */
test(
  'hostile plugins of one organisation at most double the time of another one’s steps',
  { timeout: 110_000 },
  async () => {
    await calmSteps()
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS && Math.min(...ratios, Infinity) > 2; round++) {
      const alone = await calmSteps()
      const disturbance = disturb()
      await expect.poll(() => disturbance.ran()).toBeGreaterThan(1)
      ratios.push((await calmSteps()) / alone)
      await disturbance.stop()
    }
    expect(Math.min(...ratios)).toBeLessThanOrEqual(2)
  },
)
