/** One contract for every way to models over HTTP; what a whole reply looks like comes from a third party's stand-in. */
import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LLMock } from '@copilotkit/aimock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModelProvider, ProviderRequest } from '#run/interfaces.ts'
import { anthropic } from './anthropic.ts'
import { google } from './google.ts'
import { type HostedOptions, type Protocol, createHostedProvider } from './hosted.ts'
import { openAiCompatible } from './openai-compatible.ts'

const KEY = 'sk-of-the-tests'
const REPLY = 'Six drafts arrived before noon, and nobody had to chase one of them.'
const SCHEMA = {
  type: 'object',
  properties: { approved: { type: 'boolean' } },
  required: ['approved'],
  additionalProperties: false,
}

let mock: LLMock
let raw: Server
let rawUrl: string
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => unknown
let asked: { path: string; headers: IncomingMessage['headers']; body: string }[]
const open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  mock = new LLMock({ port: 0, auth: { apiKeys: [KEY] } })
  await mock.start()
  asked = []
  raw = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += String(chunk)))
    request.on('end', () => {
      asked.push({ path: request.url ?? '', headers: request.headers, body })
      answer(request, response, body)
    })
  })
  await once(raw.listen(0, '127.0.0.1'), 'listening')
  rawUrl = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`
})
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.close()
  await mock.stop()
  raw.closeAllConnections()
  raw.close()
})

function connect(protocol: Protocol, baseUrl: string, more: Partial<HostedOptions> = {}): ModelProvider {
  const provider = createHostedProvider(protocol, {
    baseUrl,
    key: KEY,
    local: false,
    mayReach: () => true,
    ...more,
  })
  open.push(provider)
  return provider
}

const wish = (more: Partial<ProviderRequest> = {}): ProviderRequest => ({
  model: 'a-model',
  system: 'You write.',
  prompt: 'Write about calendars.',
  temperature: 0.5,
  maxOutputTokens: 512,
  seed: 7,
  signal: new AbortController().signal,
  onText: () => undefined,
  ...more,
})
const failing = (code: string, retryable: boolean, facts: Record<string, unknown> = {}) => ({
  failure: { code, retryable, facts: expect.objectContaining(facts) },
})
const stream = (response: ServerResponse, ...events: unknown[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events)
    response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
}
const says = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (_request, response) => response.writeHead(status, headers).end(JSON.stringify(body))
}

interface Case {
  protocol: Protocol
  model: string
  /** Events of a whole reply with this text, with these counts, that ends for this reason. */
  events(text: string, counts: { read: number; written: number }, end: string | null): unknown[]
  ends: { complete: string; length: string; declined: string }
  list: unknown
  /** How a wrong key, an overlong prompt and a failure in mid-stream are said. */
  wrongKey: [number, unknown]
  tooLong: unknown
  broken: unknown
}

const CASES: Record<string, Case> = {
  'openai-compatible': {
    protocol: openAiCompatible,
    model: 'gpt-4.1',
    events: (text, { read, written }, end) => [
      { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      { choices: [{ index: 0, delta: { content: text }, finish_reason: null }] },
      ...(end === null ? [] : [{ choices: [{ index: 0, delta: {}, finish_reason: end }] }]),
      { choices: [], usage: { prompt_tokens: read, completion_tokens: written } },
      ...(end === null ? [] : ['[DONE]']),
    ],
    ends: { complete: 'stop', length: 'length', declined: 'content_filter' },
    list: { data: [{ id: 'a-model' }, { id: 'text-embedding-3-small' }] },
    wrongKey: [401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }],
    tooLong: { error: { message: "This model's maximum context length is 8192 tokens." } },
    broken: { error: { message: 'Overloaded', type: 'overloaded_error' } },
  },
  anthropic: {
    protocol: anthropic,
    model: 'claude-sonnet-4-5',
    events: (text, { read, written }, end) => [
      { type: 'message_start', message: { usage: { input_tokens: read, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      ...(end === null
        ? []
        : [{ type: 'message_delta', delta: { stop_reason: end }, usage: { output_tokens: written } }]),
    ],
    ends: { complete: 'end_turn', length: 'max_tokens', declined: 'refusal' },
    list: { data: [{ id: 'a-model', type: 'model' }], has_more: false },
    wrongKey: [401, { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }],
    tooLong: { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
    broken: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  },
  google: {
    protocol: google,
    model: 'gemini-2.5-flash',
    events: (text, { read, written }, end) => [
      { candidates: [{ content: { parts: [{ text: 'Thinking.', thought: true }] } }] },
      { candidates: [{ content: { parts: [{ text }] } }] },
      {
        candidates: end === null ? [] : [{ content: { parts: [] }, finishReason: end }],
        usageMetadata: { promptTokenCount: read, candidatesTokenCount: written },
      },
    ],
    ends: { complete: 'STOP', length: 'MAX_TOKENS', declined: 'SAFETY' },
    list: {
      models: [
        { name: 'models/a-model', supportedGenerationMethods: ['generateContent'] },
        { name: 'models/embedder', supportedGenerationMethods: ['embedContent'] },
      ],
    },
    wrongKey: [400, { error: { message: 'API key not valid. Please pass a valid API key.' } }],
    tooLong: { error: { message: 'The input token count exceeds the maximum number of tokens allowed' } },
    broken: { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
  },
}

describe.each(Object.entries(CASES))('%s', (_name, { protocol, model, events, ends, ...said }) => {
  const counts = { read: 12, written: 20 }
  const direct = (more: Partial<HostedOptions> = {}) => connect(protocol, rawUrl, more)

  describe('at a stand-in of its API', () => {
    test('streams a text in pieces that add up, and counts tokens', async () => {
      mock.onMessage(/calendars/, { content: REPLY }, { chunkSize: 10 })
      const pieces: string[] = []
      const request = wish({ model, onText: (text) => pieces.push(text) })
      const reply = await connect(protocol, mock.url).generate(request)
      expect(reply.text).toBe(REPLY)
      expect(pieces.join('')).toBe(REPLY)
      expect(pieces.length).toBeGreaterThan(3)
      expect(reply.inputTokens).toBeGreaterThan(0)
      expect(reply.outputTokens).toBeGreaterThan(0)
    })

    test('is told what to write as: its system prompt and the prompt', async () => {
      mock.onMessage(/calendars/, { content: REPLY })
      await connect(protocol, mock.url).generate(wish({ model }))
      const { body } = mock.getLastRequest() ?? {}
      expect(JSON.stringify(body)).toMatch(/You write\..*Write about calendars\./)
    })

    test('waits as long as a busy server says', async () => {
      mock.onMessage(/calendars/, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
      await expect(connect(protocol, mock.url).generate(wish({ model }))).rejects.toMatchObject(
        failing('model.overloaded', true, { retryAfterMs: 7_000 }),
      )
    })

    test('fails for good with a wrong key', async () => {
      mock.onMessage(/calendars/, { content: REPLY })
      const made = connect(protocol, mock.url, { key: 'another' }).generate(wish({ model }))
      await expect(made).rejects.toMatchObject(failing('model.key_refused', false, { status: 401 }))
    })

    test('is left within a second when the call is given up', async () => {
      mock.onMessage(/calendars/, { content: REPLY.repeat(50) }, { chunkSize: 4, latency: 200 })
      const controller = new AbortController()
      const begun = Promise.withResolvers<void>()
      const made = connect(protocol, mock.url).generate(
        wish({ model, signal: controller.signal, onText: () => begun.resolve() }),
      )
      await begun.promise
      const at = performance.now()
      controller.abort()
      await expect(made).rejects.toMatchObject({ failure: { code: 'step.cancelled' } })
      expect(performance.now() - at).toBeLessThan(1_000)
    })
  })

  test('gives the counts that the server gave', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, ends.complete))
      response.end()
    }
    expect(await direct().generate(wish())).toEqual({ text: REPLY, inputTokens: 12, outputTokens: 20 })
  })

  test('sends its key in a header and in no address', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, ends.complete))
      response.end()
    }
    await direct().generate(wish())
    expect(asked[0]?.path).not.toContain(KEY)
    expect(JSON.stringify(asked[0]?.headers)).toContain(KEY)
  })

  test('asks for the shape that was asked for', async () => {
    answer = (_request, response) => {
      stream(response, ...events('{"approved":true}', counts, ends.complete))
      response.end()
    }
    await direct().generate(wish({ schema: SCHEMA }))
    expect(asked[0]?.body).toContain(JSON.stringify(SCHEMA))
  })

  test('lists the models that can write', async () => {
    answer = (_request, response) => response.end(JSON.stringify(said.list))
    expect(await direct().list()).toEqual([{ name: 'a-model', sizeBytes: null }])
  })

  test('says in its own words that a key is wrong', async () => {
    says(...said.wrongKey)
    await expect(direct().generate(wish())).rejects.toMatchObject(failing('model.key_refused', false))
  })

  test('says that a prompt is too long, for good', async () => {
    says(400, said.tooLong)
    await expect(direct().generate(wish())).rejects.toMatchObject(failing('model.prompt_too_long', false))
  })

  test('sends nothing that is longer than its connection says it may be', async () => {
    const made = direct({ contextTokens: 4_096 }).generate(wish({ prompt: 'word '.repeat(9_000) }))
    await expect(made).rejects.toMatchObject(failing('model.prompt_too_long', false, { limit: 4_096 }))
    expect(asked).toEqual([])
  })

  test('takes no reply to a prompt that the server cut', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, { read: 4_096, written: 5 }, ends.complete))
      response.end()
    }
    const made = direct().generate(wish({ prompt: 'word '.repeat(9_000) }))
    await expect(made).rejects.toMatchObject(failing('model.prompt_cut', false, { read: 4_096 }))
  })

  test.each([500, 502, 529])('may be asked again after HTTP %i', async (status) => {
    says(status, { error: { message: 'Broken' } }, { 'retry-after': '3' })
    const code = status === 529 ? 'model.overloaded' : 'model.server_error'
    await expect(direct().generate(wish())).rejects.toMatchObject(
      failing(code, true, { retryAfterMs: 3_000 }),
    )
  })

  test('does not ask again where the account is used up', async () => {
    says(429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } })
    await expect(direct().generate(wish())).rejects.toMatchObject(failing('model.quota', false))
  })

  test('a reply that breaks off is a failure with what there was of it', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, null))
      response.end()
    }
    await expect(direct().generate(wish())).rejects.toMatchObject(
      failing('model.stream_broken', true, { partial: REPLY }),
    )
  })

  test('a connection that breaks is a failure with what there was of it', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, null))
      response.write('data: {"cho', () => response.destroy())
    }
    await expect(direct().generate(wish())).rejects.toMatchObject(
      failing('model.stream_broken', true, { partial: REPLY }),
    )
  })

  test.each(['{"half": ', '"text"', 'null'])(
    'an event that is %s is a failure with what there was of the reply',
    async (event) => {
      answer = (_request, response) => {
        stream(response, ...events(REPLY, counts, null), event)
        response.end()
      }
      await expect(direct().generate(wish())).rejects.toMatchObject(
        failing('model.malformed', true, { partial: REPLY }),
      )
    },
  )

  test('a failure in the middle of a reply is one', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, null), said.broken)
      response.end()
    }
    await expect(direct().generate(wish())).rejects.toMatchObject(
      failing('model.overloaded', true, { partial: REPLY }),
    )
  })

  test('a reply that reached the limit is a failure with the text so far, not a short text', async () => {
    answer = (_request, response) => {
      stream(response, ...events(REPLY, counts, ends.length))
      response.end()
    }
    await expect(direct().generate(wish())).rejects.toMatchObject(
      failing('model.cut_off', false, { partial: REPLY }),
    )
  })

  test('a reply that was declined is a failure for good', async () => {
    answer = (_request, response) => {
      stream(response, ...events('', counts, ends.declined))
      response.end()
    }
    await expect(direct().generate(wish())).rejects.toMatchObject(failing('model.declined', false))
  })

  test('a page of a proxy in place of a reply is a failure', async () => {
    answer = (_request, response) => response.end('<html>Sign in to the Wi-Fi</html>')
    await expect(direct().generate(wish())).rejects.toMatchObject({
      failure: { code: expect.stringMatching(/malformed|stream_broken/), retryable: true },
    })
    await expect(direct().list()).rejects.toMatchObject(failing('model.malformed', true))
  })

  test('a parameter that the model does not know is left out from then on', async () => {
    const problem = "Unsupported value: 'temperature' is not supported with this model."
    answer = (_request, response, body) => {
      if (body.includes('"temperature"'))
        return response.writeHead(400).end(JSON.stringify({ error: { message: problem } }))
      stream(response, ...events(REPLY, counts, ends.complete))
      return response.end()
    }
    const provider = direct()
    await provider.generate(wish())
    await provider.generate(wish())
    expect(asked.map(({ body }) => body.includes('"temperature"'))).toEqual([true, false, false])
  })

  test('an address that it may not reach is not asked', async () => {
    const made = direct({ mayReach: () => false }).generate(wish())
    await expect(made).rejects.toMatchObject(failing('destination.address_refused', false))
    const named = connect(protocol, rawUrl.replace('127.0.0.1', 'localhost'), { mayReach: () => false })
    await expect(named.generate(wish())).rejects.toMatchObject(failing('destination.address_refused', false))
    expect(asked).toEqual([])
  })

  test('nobody there is a failure that may pass', async () => {
    const made = connect(protocol, 'http://127.0.0.1:1').generate(wish())
    await expect(made).rejects.toMatchObject(failing('model.unreachable', true))
  })
})
