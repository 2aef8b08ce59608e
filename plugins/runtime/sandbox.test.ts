import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Failure } from '#graph'
import type { Json } from '#run/interfaces.ts'
import { codeOf, hostWith, replyOf, testSandbox, valueOf, type TestSandbox } from './testing/harness.ts'

let box: TestSandbox
beforeAll(async () => {
  box = await testSandbox({ limits: { messages: 20 } })
})
afterAll(() => box.close())

const seen = async (config: object, more: Parameters<TestSandbox['run']>[2] = {}) =>
  valueOf(await box.run('talker', { ...config }, more), 'seen') as Record<string, unknown>

describe('what a step may do', () => {
  test('a capability that the node does not declare is denied, and the step says which', async () => {
    const host = hostWith()
    for (const use of ['model', 'log', 'progress']) {
      expect(await box.run('undeclared', { use }, { host })).toMatchObject({
        ok: false,
        failure: { code: 'capability.denied', facts: { capability: use } },
      })
    }
    expect([host.calls, host.logs, host.progressed]).toEqual([[], [], []])
  })

  test('equal requests of one step are numbered in the order they were made', async () => {
    const host = hostWith()
    await box.run('talker', { prompts: ['a', 'b', 'a', 'a'] }, { host })
    expect(host.calls.map(({ prompt, occurrence }) => [prompt, occurrence])).toEqual([
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['a', 2],
    ])
  })

  test('a structured request carries JSON Schema and gives data back that fits it', async () => {
    const host = hostWith(async () => replyOf('{"approved":true}', { approved: true }))
    const { replies } = await seen({ prompts: ['ok?'], structured: true }, { host })
    expect(replies).toEqual([{ approved: true }])
    expect(host.calls[0]?.schema).toEqual({
      type: 'object',
      properties: { approved: { type: 'boolean' } },
      required: ['approved'],
    })
  })

  test('a reply of the wrong shape fails the step with the reply attached', async () => {
    const host = hostWith(async () => replyOf('I cannot APPROVE this', { approved: 'no' }))
    expect(await box.run('talker', { prompts: ['ok?'], structured: true }, { host })).toMatchObject({
      failure: { code: 'model.reply_invalid', facts: { reply: 'I cannot APPROVE this' } },
    })
  })

  test('log lines beyond the limit are left out, and the last kept one says so', async () => {
    const host = hostWith()
    await box.run('talker', { logs: 10_000 }, { host })
    expect(host.logs).toHaveLength(20)
    expect(host.logs[3]).toEqual({ message: 'line 3', facts: { i: 3 } })
    expect(host.logs[19]?.message).toContain('left out')
  })

  test('what a node prints goes to its log', async () => {
    const host = hostWith()
    await box.run('talker', { logs: 1 }, { host })
    expect(host.logs.map(({ message }) => message)).toEqual(['line 0', 'said {"aloud":true}'])
  })
})

describe('a node that waits', () => {
  const waits = (wait: Json) => box.run('waiter', { wait })

  test('puts nothing out and says what it waits for', async () => {
    const wait = { kind: 'callback', deadline: { seconds: 60 }, carry: { so: ['far'] } }
    expect(await waits(wait)).toEqual({ ok: true, outputs: [], wait })
  })

  test('gets to see what came of it when it is run again', async () => {
    const resumed = { kind: 'callback' as const, expired: false, value: { yes: 1 }, carry: null }
    expect(valueOf(await box.run('waiter', { wait: null }, { resumed }), 'resumed')).toEqual(resumed)
  })

  test.each([
    ['for what it did not declare', { kind: 'timer', seconds: 1 }],
    ['for something that there is not', { kind: 'rain' }],
    ['until a time that is none', { kind: 'callback', deadline: { until: 'tomorrow' } }],
    ['for two times at once', { kind: 'callback', deadline: { seconds: 1, until: '2030-01-01T00:00:00Z' } }],
    ['with more than it may say', { kind: 'callback', hidden: true }],
  ])('%s is refused', async (_what, wait) => {
    expect(codeOf(await waits(wait))).toBe('wait.invalid')
  })

  test('with more on its mind than a step may send is refused', async () => {
    const carry = 'x'.repeat(5 * 1024 * 1024)
    expect(codeOf(await waits({ kind: 'callback', carry }))).toBe('sandbox.message_too_large')
  })
})

describe('failures of the host', () => {
  const refused: Failure = {
    code: 'model.unreachable',
    message: 'Nobody answers.',
    fix: 'Start the model server.',
    retryable: true,
    facts: { host: 'desk' },
  }
  const host = hostWith(async () => ({ ok: false, failure: refused }))

  test('surface as they are when the node lets them through', async () => {
    expect(await box.run('talker', { prompts: ['a'] }, { host })).toEqual({ ok: false, failure: refused })
  })

  test('can be caught by the node, which then goes on', async () => {
    expect((await seen({ prompts: ['a'], after: 'catch' }, { host })).replies).toEqual(['refused'])
  })
})

describe('configuration', () => {
  test('templates are filled in from the item and the run, deep inside the configuration too', async () => {
    const config = {
      use: 'nothing',
      text: '{{ input.name | upcase }} {{ item.name }}',
      parts: [{ title: '{{ run.input.topic }}' }, { title: 'plain' }],
    }
    const given = { inputs: { input: { name: 'Ada' } }, runInput: { topic: 'Ink' } }
    expect(valueOf(await box.run('undeclared', config, given))).toBe('ADA Ada|Ink|plain')
  })

  test('a template that cannot be filled in names its field', async () => {
    const parts = [{ title: 'fine' }, { title: '{{ input | unheard_of }}' }]
    expect(await box.run('undeclared', { use: 'nothing', parts })).toMatchObject({
      failure: { code: 'template.failed', facts: { field: 'parts[1].title' } },
    })
  })

  test('a template cannot reach inherited properties or grow without bound', async () => {
    const inherited = await box.run('undeclared', { use: 'nothing', text: '[{{ input.constructor.name }}]' })
    expect(valueOf(inherited)).toBe('[]')
    const endless = '{% for i in (1..100000000) %}x{% endfor %}'
    expect(codeOf(await box.run('undeclared', { use: 'nothing', text: endless }))).toBe('template.failed')
  })

  test('a configuration that does not fit names the field', async () => {
    expect(await box.run('undeclared', { use: 'everything' })).toMatchObject({
      failure: { code: 'config.invalid', facts: { issues: [{ path: 'use' }] } },
    })
  })
})

describe('outputs', () => {
  test('a port that the node does not have is refused', async () => {
    expect(await box.run('undeclared', { use: 'wrong-port' })).toMatchObject({
      failure: { code: 'output.invalid', facts: { port: 'elsewhere' } },
    })
  })

  test("a value that is not of its port's type is refused", async () => {
    expect(codeOf(await box.run('undeclared', { use: 'wrong-type' }))).toBe('output.invalid')
  })

  test('more items than the port declares are refused', async () => {
    expect(codeOf(await box.run('talker', { items: 2 }))).toBe('ok')
    expect(codeOf(await box.run('talker', { items: 3 }))).toBe('output.invalid')
  })
})

describe('repeatability', () => {
  test('random numbers come from the seed and the place of the step alone; the clock stands still', async () => {
    const step = { id: 'any', nodeId: 'n', path: 'p' }
    const first = await seen({}, { step, runId: 'random-1' })
    const again = await seen({}, { step: { ...step, id: 'other' }, runId: 'random-2' })
    const elsewhere = await seen({}, { step: { ...step, path: 'q' }, runId: 'random-1' })
    const reseeded = await seen({}, { step, seed: 43, runId: 'random-1' })
    expect(again.drawn).toEqual(first.drawn)
    expect(elsewhere.drawn).not.toEqual(first.drawn)
    expect(reseeded.drawn).not.toEqual(first.drawn)
    expect(new Set(first.drawn as number[]).size).toBe(3)
    expect([first.now, first.today]).toEqual([0, '1970-01-01T00:00:00.000Z'])
  })

  test('steps of one run share a context; another run or organisation never sees its state', async () => {
    expect((await seen({}, { runId: 'shared' })).visits).toBe(1)
    expect((await seen({}, { runId: 'shared' })).visits).toBe(2)
    expect((await seen({}, { runId: 'alone' })).visits).toBe(1)
    expect((await seen({}, { runId: 'shared', organisationId: 'org-2' })).visits).toBe(1)
  })

  test('nothing is kept of a run that is forgotten', async () => {
    await seen({}, { runId: 'over' })
    box.sandbox.forget('org-1', 'over')
    expect((await seen({}, { runId: 'over' })).visits).toBe(1)
  })
})

test('an unknown node is a failure that names it', async () => {
  expect(await box.run('missing', {})).toMatchObject({
    failure: { code: 'node.unknown', facts: { node: 'missing@1' } },
  })
})

test('an input above the limit is refused before it reaches a process', async () => {
  const small = await testSandbox({ limits: { inputLength: 2_000 } })
  expect(codeOf(await small.run('talker', {}, { inputs: { input: 'x'.repeat(2_000) } }))).toBe(
    'sandbox.input_too_large',
  )
  await small.close()
})
