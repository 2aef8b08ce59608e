import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, testSandbox, valueOf, type TestSandbox } from './testing/harness.ts'

let box: TestSandbox
beforeAll(async () => {
  box = await testSandbox()
})
afterAll(() => box.close())

const deed = (name: string) => box.run('hostile', { deed: name })
const works = async () => expect(codeOf(await box.run('talker', {}))).toBe('ok')

describe('node code that takes too much fails its own step, and the next step works', () => {
  test.each([
    ['a loop that does not end', 'loop', 'sandbox.timeout'],
    ['microtasks that never run dry', 'microtasks', 'sandbox.timeout'],
    ['a regular expression that backtracks without end', 'regex', 'sandbox.timeout'],
    [
      'arithmetic that does not heed the time limit',
      'bigint',
      /^(sandbox\.timeout|sandbox\.crashed|sandbox\.out_of_memory|node\.failed)$/,
    ],
    ['array buffers that are never given back', 'buffers', /^(node\.failed|sandbox\.out_of_memory)$/],
    ['a value too large to cross', 'giant', 'sandbox.message_too_large'],
    ['recursion without end', 'recursion', 'node.failed'],
    ['a promise that nothing settles', 'never', 'sandbox.stalled'],
  ])('%s', async (_title, name, code) => {
    const result = await deed(name)
    expect(codeOf(result)).toMatch(code)
    expect(result.ok || result.failure.fix).not.toBe('')
    await works()
  })

  test('a heap that only grows', async () => {
    const roomy = await testSandbox({ limits: { isolateMegabytes: 24, sliceMs: 20_000 } })
    expect(codeOf(await roomy.run('hostile', { deed: 'heap' }))).toBe('sandbox.out_of_memory')
    expect(codeOf(await roomy.run('talker', {}))).toBe('ok')
    await roomy.close()
  })
})

describe('node code that throws fails its own step', () => {
  test('with the message of the error and the node that threw it', async () => {
    expect(await deed('error')).toMatchObject({
      ok: false,
      failure: {
        code: 'node.failed',
        message: 'the ink has run dry',
        retryable: false,
        facts: { error: 'TypeError', nodeType: 'hostile@1', nodeId: 'node' },
      },
    })
  })

  test('even when what it throws or returns throws when it is looked at', async () => {
    expect(codeOf(await deed('unreadable'))).toBe('node.failed')
    expect(codeOf(await deed('getter'))).toBe('node.failed')
    await works()
  })

  test('and cannot claim a failure that only the engine gives', async () => {
    expect(await deed('claims')).toMatchObject({ failure: { code: 'node.failed', retryable: false } })
  })
})

describe('node code reaches nothing but what it is given', () => {
  test('there is no process, no require and no way to make code from text', async () => {
    expect(valueOf(await deed('process'))).toBe('undefined')
    expect(valueOf(await deed('require'))).toBe('undefined')
    expect(valueOf(await deed('constructor'))).toEqual(Array(4).fill('TypeError'))
  })

  test('its globals are those of the language, less those that share memory or make code', async () => {
    const globals = (valueOf(await deed('globals')) as string).split(' ')
    const absent = [
      'eval',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'fetch',
      'setTimeout',
      'process',
      'Buffer',
    ]
    expect(globals.filter((name) => absent.includes(name))).toEqual([])
    const added = globals.filter((name) => /^_|ivm|pressroom|plugin|guest|deliver|collect/i.test(name))
    expect(added).toEqual(['__zod_globalConfig', '__zod_globalRegistry'])
  })

  test('tampering with built-ins hurts its own run only', async () => {
    await box.run('hostile', { deed: 'setter' }, { runId: 'tampered-1' })
    expect(valueOf(await box.run('hostile', { deed: 'stringify' }, { runId: 'tampered-2' }))).toBe('honest')
    expect(valueOf(await box.run('hostile', { deed: 'process' }, { runId: 'tampered-2' }))).toBe('undefined')
    await works()
  })
})
