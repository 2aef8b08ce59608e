import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProviderRequest, PullProgress } from '#run/interfaces.ts'
import {
  type OllamaStandIn,
  type StandInOptions,
  startOllamaStandIn,
} from '../../e2e/ollama-stand-in/server.ts'
import { type OllamaOptions, type OllamaProvider, createOllamaProvider } from './ollama.ts'

const REPLY = 'Six drafts arrived before noon, and nobody had to chase one of them. '.repeat(8).trim()

let server: OllamaStandIn
let provider: OllamaProvider

async function start(options: StandInOptions = {}, more: OllamaOptions = {}): Promise<void> {
  await stop()
  server = await startOllamaStandIn({ reply: () => REPLY, ...options })
  provider = createOllamaProvider({ baseUrl: server.url, ...more })
}
async function stop(): Promise<void> {
  await server?.close()
  await provider?.close()
}
beforeEach(() => start())
afterEach(stop)

const asked = (more: Partial<ProviderRequest> = {}): ProviderRequest => ({
  model: 'llama3.2:3b',
  system: 'You write.',
  prompt: 'Write about calendars.',
  temperature: 0.5,
  maxOutputTokens: 4_096,
  seed: 7,
  signal: new AbortController().signal,
  onText: () => undefined,
  ...more,
})
const failing = (code: string, retryable: boolean, facts: Record<string, unknown> = {}) => ({
  failure: { code, retryable, facts: expect.objectContaining({ url: server.url, ...facts }) },
})

describe('a working server', () => {
  test('lists the models that can write, with their sizes', async () => {
    await start({ models: ['nomic-embed-text', 'llama3.2:3b', 'mistral'] })
    expect(await provider.list()).toEqual([
      { name: 'llama3.2:3b', sizeBytes: 2_019_393_189 },
      { name: 'mistral:latest', sizeBytes: 2_019_393_189 },
    ])
  })

  test('streams its reply in pieces that add up, and counts its tokens', async () => {
    const pieces: string[] = []
    const reply = await provider.generate(asked({ onText: (text) => pieces.push(text) }))
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe(REPLY)
    expect(reply).toEqual({ text: REPLY, inputTokens: 8, outputTokens: Math.ceil(REPLY.length / 4) })
  })

  test('is sent system, prompt, seed, limits and the schema as format', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    await provider.generate(asked({ schema }))
    expect(server.requests).toMatchObject([
      {
        system: 'You write.',
        prompt: 'Write about calendars.',
        seed: 7,
        numPredict: 4_096,
        numCtx: 8_192,
        schema,
      },
    ])
  })

  test('is told of room enough for a long prompt and its reply, up to what the model has', async () => {
    await start({ contextLength: 32_768 })
    await provider.generate(asked({ prompt: 'word '.repeat(6_000) }))
    expect(server.requests.at(-1)?.numCtx).toBe(16_384)
    await provider.generate(asked({ prompt: 'word '.repeat(19_000) }))
    expect(server.requests.at(-1)?.numCtx).toBe(32_768)
  })

  test('a prompt longer than the model can take is refused before it is cut silently', async () => {
    await start({ contextLength: 8_192 })
    await expect(provider.generate(asked({ prompt: 'word '.repeat(9_000) }))).rejects.toMatchObject(
      failing('model.prompt_too_long', false, { limit: 8_192 }),
    )
    expect(server.counters.calls).toBe(0)
  })

  test('the model "auto" means the first installed one', async () => {
    await provider.generate(asked({ model: 'auto' }))
    expect(server.requests[0]?.model).toBe('llama3.2:3b')
  })

  test('"auto" without any installed model says what to install', async () => {
    await start({ models: ['nomic-embed-text'] })
    await expect(provider.generate(asked({ model: 'auto' }))).rejects.toMatchObject({
      failure: { code: 'model.not_found', fix: expect.stringContaining('ollama pull') },
    })
  })

  test('pulls a model and reports its progress', async () => {
    const seen: PullProgress[] = []
    await provider.pull('qwen3:4b', (progress) => seen.push(progress), new AbortController().signal)
    expect(seen.map(({ completedBytes }) => completedBytes)).toEqual([0, 0, 1_000, 2_000, 0, 0, 0])
    expect(seen.at(-1)?.status).toBe('success')
    expect((await provider.list()).map(({ name }) => name)).toContain('qwen3:4b')
  })

  test('a model that cannot be pulled is not found', async () => {
    const pulled = provider.pull('missing:1b', () => undefined, new AbortController().signal)
    await expect(pulled).rejects.toMatchObject(failing('model.not_found', false, { model: 'missing:1b' }))
  })

  test('a reply that reaches the output limit is an error with the text so far, not a short text', async () => {
    await expect(provider.generate(asked({ maxOutputTokens: 20 }))).rejects.toMatchObject(
      failing('model.cut_off', false, { maxOutputTokens: 20, partial: REPLY.slice(0, 80) }),
    )
  })
})

describe('a failing server', () => {
  test('that is not there is unreachable', async () => {
    await server.close()
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.unreachable', true, { problem: 'ECONNREFUSED', model: 'llama3.2:3b' }),
    )
    await expect(provider.list()).rejects.toMatchObject(failing('model.unreachable', true))
    await start()
  })

  test('that drops the connection before a word is unreachable', async () => {
    server.setFault('down')
    await expect(provider.generate(asked())).rejects.toMatchObject(failing('model.unreachable', true))
  })

  test('that sends no first byte in time has timed out, and sees the client hang up', async () => {
    await start({ fault: 'hang-before-first-chunk' }, { timeouts: { firstByteMs: 60 } })
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.timeout', true, { timeoutMs: 60 }),
    )
    await server.until(({ aborted }) => aborted === 1)
  })

  test('that falls silent in mid-reply has timed out, with the text so far', async () => {
    await start({ fault: 'hang-after-first-chunk' }, { timeouts: { idleMs: 60 } })
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.timeout', true, { timeoutMs: 60, partial: REPLY.slice(0, 48) }),
    )
    await server.until(({ aborted }) => aborted === 1)
  })

  test('a slow reply that keeps coming is no timeout', async () => {
    await start({ fault: 'slow', slowMs: 20 }, { timeouts: { idleMs: 150, firstByteMs: 150 } })
    expect((await provider.generate(asked())).text).toBe(REPLY)
  })

  test.each(['half-stream', 'dropped-stream', 'error-line'] as const)(
    '%s is a broken reply with the text so far',
    async (fault) => {
      server.setFault(fault)
      const call = provider.generate(asked())
      await expect(call).rejects.toMatchObject(
        failing('model.stream_broken', true, { partial: expect.stringMatching(/^Six drafts/) }),
      )
    },
  )

  test('a line that is not JSON is a malformed reply, quoted', async () => {
    server.setFault('malformed-line')
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.malformed', true, {
        line: '{"model":"broken","message":{"content":',
        partial: expect.stringMatching(/^Six drafts/),
      }),
    )
  })

  test('a missing model says how to install it', async () => {
    await expect(provider.generate(asked({ model: 'phi9' }))).rejects.toMatchObject({
      failure: { code: 'model.not_found', retryable: false, fix: 'Install it: ollama pull phi9' },
    })
  })

  test('an overloaded server says when to come back', async () => {
    await start({ fault: 'overloaded', retryAfterSeconds: 3 })
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.overloaded', true, { retryAfterMs: 3_000, status: 503 }),
    )
  })

  test('another refusal is terminal and says why', async () => {
    server.setFault('refused')
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.refused', false, { status: 400, problem: '"llama3.2:3b" does not support chat' }),
    )
  })

  test('a failing server may work later', async () => {
    server.setFault('server-error')
    await expect(provider.generate(asked())).rejects.toMatchObject(
      failing('model.server_error', true, { status: 500 }),
    )
  })

  test('works again as soon as the fault is gone', async () => {
    server.setFault('half-stream', 1)
    await expect(provider.generate(asked())).rejects.toThrow()
    expect((await provider.generate(asked())).text).toBe(REPLY)
    expect(server.counters).toMatchObject({ calls: 2, finished: 1, faults: 1 })
  })
})

describe('cancelling', () => {
  test.each(['hang-before-first-chunk', 'hang-after-first-chunk'] as const)(
    'with %s ends the call at once, and the server sees the client hang up',
    async (fault) => {
      server.setFault(fault)
      const controller = new AbortController()
      const call = provider.generate(asked({ signal: controller.signal }))
      await server.until(({ calls }) => calls === 1)
      controller.abort()
      await expect(call).rejects.toMatchObject({ failure: { code: 'step.cancelled', retryable: false } })
      await server.until(({ aborted }) => aborted === 1)
    },
  )

  test('ends only its own call', async () => {
    server.setFault('hang-after-first-chunk', 1)
    const controller = new AbortController()
    const hanging = provider.generate(asked({ signal: controller.signal }))
    await server.until(({ calls }) => calls === 1)
    const other = provider.generate(asked())
    controller.abort()
    await expect(hanging).rejects.toThrow()
    expect((await other).text).toBe(REPLY)
  })

  test('before the call means that no call is made', async () => {
    await expect(provider.generate(asked({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      failure: { code: 'step.cancelled' },
    })
    expect(server.counters.calls).toBe(0)
  })
})

test('an address that is none is refused when the provider is made', () => {
  expect(() => createOllamaProvider({ baseUrl: 'ftp://models' })).toThrow(/not an address of a model server/)
})
