import { describe, expect, test } from 'vitest'
import { type Catalog, type ModelConfiguration, PressroomError } from '#graph'
import type {
  CallContext,
  CallJournal,
  CallRecord,
  ModelCall,
  ModelProvider,
  ProviderRequest,
  StreamChunk,
} from '#run/interfaces.ts'
import { createGateway } from './gateway.ts'

const configuration = (more: Partial<ModelConfiguration> = {}): ModelConfiguration => ({
  id: 'writer-auto',
  agent: null,
  provider: 'fake',
  model: 'fake-1',
  label: 'Fake',
  local: true,
  isDefault: true,
  temperature: 0.3,
  maxOutputTokens: 512,
  ...more,
})
const catalogOf = (...models: ModelConfiguration[]): Catalog => ({ contentTypes: [], agents: [], models })

class MemoryJournal implements CallJournal {
  readonly calls = new Map<string, CallRecord>()
  readonly chunks: StreamChunk[] = []
  leaseLost = false
  find(context: CallContext, key: string) {
    return Promise.resolve(this.calls.get(`${context.step.stepId}/${key}`) ?? null)
  }
  record(context: CallContext, call: CallRecord) {
    if (this.leaseLost)
      return Promise.reject(new PressroomError({ code: 'step.lease_lost', message: 'Lost.', fix: 'None.' }))
    this.calls.set(`${context.step.stepId}/${call.key}`, call)
    return Promise.resolve()
  }
  stream(_context: CallContext, chunk: StreamChunk) {
    this.chunks.push(chunk)
  }
}

function setUp(
  options: { reply?: string; local?: boolean; allowExternal?: boolean; fail?: () => unknown } = {},
) {
  const asked: ProviderRequest[] = []
  const provider: ModelProvider = {
    name: 'fake',
    local: options.local ?? true,
    list: () => Promise.resolve([]),
    async generate(request) {
      asked.push(request)
      const text = options.reply ?? 'A reply.'
      request.onText(text.slice(0, 3))
      if (options.fail) throw options.fail()
      request.onText(text.slice(3))
      return { text, inputTokens: 11, outputTokens: 7 }
    },
  }
  const journal = new MemoryJournal()
  const gateway = createGateway({
    providers: [provider],
    connected: { provider: () => Promise.resolve({ ...provider, name: 'connected' }) },
    prices: { cost: (_organisation, { local }) => Promise.resolve(local ? 0 : 42) },
    journal,
    settings: { allowExternal: () => options.allowExternal ?? false },
    log: { debug: () => undefined, warn: () => undefined },
  })
  return { gateway, journal, asked }
}

const context = (more: Partial<CallContext> = {}): CallContext => ({
  organisationId: 'org',
  runId: 'run',
  step: {
    organisationId: 'org',
    runId: 'run',
    stepId: 'step',
    attempt: 1,
    nodeId: 'writer',
    path: 'a',
    label: 'Writer',
  },
  seed: 1,
  catalog: catalogOf(configuration()),
  maxCalls: 3,
  failedAttempts: 0,
  signal: new AbortController().signal,
  ...more,
})
const call = (more: Partial<ModelCall> = {}): ModelCall => ({
  prompt: 'Write.',
  purpose: 'First draft',
  occurrence: 0,
  ...more,
})
const SCHEMA = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, notes: { type: 'array', items: { type: 'string' } } },
  required: ['approved', 'notes'],
  additionalProperties: false,
}

describe('a call', () => {
  test("goes to the configuration's provider with its settings, is streamed, recorded and returned", async () => {
    const { gateway, journal, asked } = setUp()
    const reply = await gateway.generate(call({ system: 'You write.' }), context())
    const usage = { calls: 1, inputTokens: 11, outputTokens: 7, costMicros: 0 }
    expect(reply).toEqual({ text: 'A reply.', data: null, model: 'writer-auto', usage })
    expect(asked).toMatchObject([
      { model: 'fake-1', system: 'You write.', prompt: 'Write.', temperature: 0.3, maxOutputTokens: 512 },
    ])
    const [record] = [...journal.calls.values()]
    expect(record).toMatchObject({
      stepId: 'step',
      model: 'writer-auto',
      provider: 'fake',
      purpose: 'First draft',
      text: 'A reply.',
      usage,
    })
    expect(journal.chunks).toEqual([
      { stepId: 'step', callId: record?.id, purpose: 'First draft', offset: 0, text: 'A r' },
      { stepId: 'step', callId: record?.id, purpose: 'First draft', offset: 3, text: 'eply.' },
    ])
  })

  test('that was finished before returns its recorded reply and is not made again', async () => {
    const { gateway, asked } = setUp()
    const first = await gateway.generate(call(), context())
    const second = await gateway.generate(call(), context({ step: { ...context().step, attempt: 2 } }))
    expect(second).toEqual(first)
    expect(asked).toHaveLength(1)
  })

  test('that equals an earlier one of the same step is a call of its own, with a seed of its own', async () => {
    const { gateway, asked, journal } = setUp()
    await gateway.generate(call(), context())
    await gateway.generate(call({ occurrence: 1 }), context())
    expect(journal.calls.size).toBe(2)
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(2)
  })

  test('of a step whose last attempt failed gets another seed, for the same one would get the same reply', async () => {
    const { gateway, asked } = setUp()
    await gateway.generate(call(), context())
    await gateway.generate(call({ purpose: 'again' }), context({ failedAttempts: 1 }))
    expect(asked[1]?.seed).not.toBe(asked[0]?.seed)
  })

  test('of a configuration with a connection goes there', async () => {
    const { gateway, journal } = setUp()
    const catalog = catalogOf(configuration({ connection: 'c', provider: 'openai-compatible' }))
    await gateway.generate(call(), context({ catalog }))
    expect([...journal.calls.values()][0]?.provider).toBe('connected')
  })

  test('of an external model is recorded with what it costs', async () => {
    const { gateway } = setUp({ local: false, allowExternal: true })
    expect((await gateway.generate(call(), context())).usage.costMicros).toBe(42)
  })

  test('of another step with the same words gets another seed, and a rerun of a step the same', async () => {
    const { gateway, asked } = setUp()
    const other = { ...context().step, stepId: 'other', path: 'b' }
    await gateway.generate(call(), context())
    await gateway.generate(call(), context({ step: other }))
    await setUpAgain(asked)
    expect(asked[1]?.seed).not.toBe(asked[0]?.seed)
    expect(asked[2]?.seed).toBe(asked[0]?.seed)
  })

  test('whose record fails returns nothing: an unrecorded reply does not count', async () => {
    const { gateway, journal } = setUp()
    journal.leaseLost = true
    await expect(gateway.generate(call(), context())).rejects.toMatchObject({
      failure: { code: 'step.lease_lost' },
    })
  })

  test("without a named configuration uses the organisation's default", async () => {
    const { gateway, asked } = setUp()
    const catalog = catalogOf(
      configuration({ id: 'other', model: 'other', isDefault: false }),
      configuration(),
    )
    await gateway.generate(call(), context({ catalog }))
    expect(asked[0]?.model).toBe('fake-1')
  })
})

async function setUpAgain(asked: ProviderRequest[]): Promise<void> {
  const fresh = setUp()
  await fresh.gateway.generate(call(), context())
  asked.push(...fresh.asked)
}

describe('a call is refused', () => {
  test('when the step has used up the calls that the plan gave it', async () => {
    const { gateway, asked } = setUp()
    const step = context({ maxCalls: 2 })
    await gateway.generate(call(), step)
    await gateway.generate(call({ occurrence: 1 }), { ...step })
    await expect(gateway.generate(call({ occurrence: 2 }), { ...step })).rejects.toMatchObject({
      failure: { code: 'limit.calls', retryable: false, facts: { maxCalls: 2 } },
    })
    expect(asked).toHaveLength(2)
  })

  test('when the step may not call models at all', async () => {
    await expect(setUp().gateway.generate(call(), context({ maxCalls: 0 }))).rejects.toMatchObject({
      failure: { code: 'permission.model' },
    })
  })

  test('when it would leave the organisation and the organisation does not let it', async () => {
    const { gateway, asked } = setUp({ local: false })
    await expect(gateway.generate(call(), context())).rejects.toMatchObject({
      failure: { code: 'destination.external_refused', retryable: false },
    })
    expect(asked).toHaveLength(0)
    const allowed = setUp({ local: false, allowExternal: true })
    expect((await allowed.gateway.generate(call(), context())).text).toBe('A reply.')
  })

  test('when its configuration or its connector does not exist', async () => {
    const { gateway } = setUp()
    await expect(gateway.generate(call({ model: 'nope' }), context())).rejects.toMatchObject({
      failure: { code: 'model.unknown', facts: { model: 'nope', known: ['writer-auto'] } },
    })
    const catalog = catalogOf(configuration({ provider: 'gone' }))
    await expect(gateway.generate(call(), context({ catalog }))).rejects.toMatchObject({
      failure: { code: 'model.no_provider' },
    })
  })
})

describe('a structured reply', () => {
  test.each([
    '{"approved":false,"notes":["Shorter"]}',
    '```json\n{"approved":false,"notes":["Shorter"]}\n```\n',
  ])('is read from %j', async (reply) => {
    const { gateway } = setUp({ reply })
    expect((await gateway.generate(call({ schema: SCHEMA }), context())).data).toEqual({
      approved: false,
      notes: ['Shorter'],
    })
  })

  test.each([
    ['I would say: APPROVED.', ''],
    ['Here you are: {"approved":true,"notes":[]}', ''],
    ['{"approved":"yes","notes":[]}', 'approved'],
    ['{"approved":true,"notes":[1]}', 'notes.0'],
    ['{"approved":true}', 'notes'],
    ['', ''],
  ])('that is %j is an error with the reply attached, and nothing is recorded', async (reply, path) => {
    const { gateway, journal } = setUp({ reply })
    await expect(gateway.generate(call({ schema: SCHEMA }), context())).rejects.toMatchObject({
      failure: {
        code: 'model.reply_invalid',
        retryable: true,
        facts: { reply, path, problem: expect.any(String) },
      },
    })
    expect(journal.calls.size).toBe(0)
  })
})

describe('a cancelled step', () => {
  test('makes no call', async () => {
    const { gateway, asked } = setUp()
    await expect(gateway.generate(call(), context({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      failure: { code: 'step.cancelled' },
    })
    expect(asked).toHaveLength(0)
  })

  test('is reported as such, whatever the provider says of its ended call', async () => {
    const controller = new AbortController()
    const { gateway } = setUp({
      fail: () => {
        controller.abort()
        return new Error('socket closed')
      },
    })
    await expect(gateway.generate(call(), context({ signal: controller.signal }))).rejects.toMatchObject({
      failure: { code: 'step.cancelled', retryable: false },
    })
  })
})
