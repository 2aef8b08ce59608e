import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PluginOutcome } from '#run/interfaces.ts'
import { dataFolder, pressroom } from './support/pressroom.ts'

let data: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(() => data.remove())

async function file(name: string, content: unknown): Promise<string> {
  const path = join(data.path, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function run(source: string, grants: object = {}, input: unknown = null, name = 'plugin.js') {
  const args = ['--grants', await file('grants.json', grants), '--input', await file('in.json', input)]
  const command = ['plugin', 'run', await file(name, source), ...args, '--json']
  const { code, stdout } = await pressroom(command, data.path)
  return { code, outcome: JSON.parse(stdout) as PluginOutcome }
}

const NODE = `import { defineNode, z } from '#sdk'
export default defineNode({
  type: 'repeat', version: 1, title: 'Repeat', summary: '', category: 'flow', icon: 'x', mode: 'each',
  config: z.object({ times: z.number().default(2) }), inputs: { text: { type: 'text', title: 'Text' } },
  outputs: { text: { type: 'text', title: 'Text' } }, uses: ['log'], examples: [],
  run({ config, inputs, host }) { host.log('repeating'); return { text: inputs.text.repeat(config.times) } },
})`

describe('pressroom plugin run', () => {
  test.each([
    ['an ES module', 'export default (input) => input.n + 1', 'a.js'],
    ['TypeScript', 'export default (input: { n: number }): number => input.n + 1', 'a.ts'],
    ['CommonJS', 'module.exports = async (input) => input.n + 1', 'b.js'],
    ['a function and nothing else', 'async (input, host) => input.n + 1;', 'c.js'],
    ['the body of a function', 'const more = await 1\nreturn input.n + more', 'd.js'],
  ])('takes a plugin that is %s', async (_form, source, name) => {
    const { code, outcome } = await run(source, {}, { n: 41 }, name)
    expect(outcome).toMatchObject({ status: 'succeeded', output: 42, error: null, logs: [], events: [] })
    expect(outcome.usage.wallMs).toBeGreaterThan(0)
    expect(outcome.usage.cpuMs).toBeGreaterThan(0)
    expect(outcome.usage.peakBytes).toBeGreaterThan(0)
    expect(code).toBe(0)
  })

  test('takes a node, and gives lists by its ports', async () => {
    const { outcome } = await run(NODE, { log: true }, { config: { times: 3 }, inputs: { text: 'ab' } })
    expect(outcome.output).toEqual({ text: ['ababab'] })
    expect(outcome.logs).toEqual([{ message: 'repeating', facts: {} }])
  })

  test('tells what a plugin did beside its output', async () => {
    const source = `export default async (input, host) => {
      console.log('so far', { good: true })
      host.progress('half')
      const { text } = await host.model.generate({ prompt: 'Say it', purpose: 'Ask' })
      return text.length > 0
    }`
    const { outcome } = await run(source, { model: true, log: true, progress: true })
    expect(outcome.output).toBe(true)
    expect(outcome.logs.map(({ message }) => message)).toEqual(['so far {"good":true}'])
    expect(outcome.events).toEqual([
      { kind: 'progress', message: 'half' },
      { kind: 'model', purpose: 'Ask', error: null },
    ])
  })

  test.each([
    ['no grant', 'export default (input, host) => host.log("x")', {}, 'capability.denied'],
    [
      'an address of this network',
      'export default (input, host) => host.http.request({ url: "http://169.254.169.254/" })',
      { http: { hosts: ['example.com'] } },
      'http.refused',
    ],
    ['a loop', 'for (;;);', { limits: { cpuMs: 300 } }, 'sandbox.timeout'],
    [
      'a growing heap',
      'const a = []; for (;;) a.push(Array(1000).fill(1.5))',
      { limits: { memoryMb: 32 } },
      'sandbox.out_of_memory',
    ],
    ['no code', 'export default (', {}, 'plugin.invalid'],
  ])('fails with one code for one cause: %s', async (_cause, source, grants, expected) => {
    const { code, outcome } = await run(source, grants)
    expect(outcome).toMatchObject({ status: 'failed', output: null, error: { code: expected } })
    expect(code).toBe(1)
  })

  test('refuses grants that it does not know, by their path', async () => {
    const args = [
      'plugin',
      'run',
      await file('a.js', 'return 1'),
      '--grants',
      await file('grants.json', { all: true }),
    ]
    const { code, stdout, stderr } = await pressroom([...args, '--json'], data.path)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('all')
  })
})
