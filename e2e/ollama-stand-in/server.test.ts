import { Ollama } from 'ollama'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OllamaStandIn, startOllamaStandIn } from './server.ts'

let server: OllamaStandIn
let client: Ollama
beforeEach(async () => {
  server = await startOllamaStandIn({ models: ['llama3.2:3b', 'nomic-embed-text'] })
  client = new Ollama({ host: server.url })
})
afterEach(() => server.close())

const BRIEF =
  '# Brief\nContent type: Blog post (blog-post)\nTopic: Tea\nKey points:\n- Warm the pot\n\n# Task\nWrite.'

test("every endpoint answers Ollama's own client in the shape of its API reference", async () => {
  expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/)
  expect((await client.list()).models.map(({ name }) => name)).toEqual([
    'llama3.2:3b',
    'nomic-embed-text:latest',
  ])
  expect((await client.show({ model: 'llama3.2:3b' })).capabilities).toEqual(['completion'])
  const embedded = await client.embed({ model: 'nomic-embed-text', input: ['a', 'b'] })
  expect(embedded.embeddings.map((vector) => vector.length)).toEqual([4, 4])
  const { response, done_reason } = await client.generate({ model: 'llama3.2:3b', prompt: BRIEF })
  expect([response, done_reason]).toEqual([expect.stringContaining('Warm the pot'), 'stop'])
  const chat = await client.chat({ model: 'llama3.2:3b', messages: [{ role: 'user', content: BRIEF }] })
  expect(chat).toMatchObject({ done: true, message: { role: 'assistant' }, eval_count: expect.any(Number) })
})

test('a chat that gives a schema as format is answered with JSON', async () => {
  const format = {
    type: 'object',
    properties: { score: { type: 'integer', minimum: 1 } },
    required: ['score'],
  }
  const chat = await client.chat({
    model: 'llama3.2:3b',
    messages: [{ role: 'user', content: 'Rate it.' }],
    format,
  })
  expect(JSON.parse(chat.message.content)).toEqual({ score: 1 })
})

test('faults are switched on from outside for as many calls as asked, and calls are counted', async () => {
  const control = (body: object) =>
    fetch(`${server.url}/control`, { method: 'POST', body: JSON.stringify(body) }).then(
      (reply) => reply.status,
    )
  expect(await control({ fault: 'overloaded', times: 1 })).toBe(200)
  const ask = () =>
    client.chat({ model: 'llama3.2:3b', messages: [{ role: 'user', content: 'Hello there.' }] })
  await expect(ask()).rejects.toThrow(/server busy/)
  await ask()
  const counters: unknown = await (await fetch(`${server.url}/control`)).json()
  expect(counters).toMatchObject({ calls: 2, finished: 1, faults: 1, aborted: 0 })
  expect(await control({ fault: 'nonsense' })).toBe(400)
})

test('a structured request can be answered with prose or with JSON of another shape', async () => {
  const ask = async () => {
    const messages = [{ role: 'user', content: 'Rate it.' }]
    return (await client.chat({ model: 'llama3.2:3b', messages, format: { type: 'object' } })).message.content
  }
  server.setFault('invalid-structured')
  expect(await ask()).toMatch(/^I would say/)
  server.setFault('misfit-structured')
  expect(JSON.parse(await ask())).toEqual({ verdict: 'fine' })
})
