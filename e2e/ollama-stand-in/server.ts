/**
 * Job: stand in for an Ollama server in tests, after Ollama's public API reference, with faults on demand.
 * Boundary: it holds no model; what it says comes from a function, by default the built-in sample model.
 *
 * `GET /control` gives the counters; `POST /control {"fault":"half-stream","times":1}` switches a fault on.
 */
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { sampleReply } from '#connectors'
import { type ReplyFunction, type StandInRequest, answer } from './chat.ts'
import { type Counters, FAULTS, type Fault, FaultSwitch } from './faults.ts'
import {
  detailsOf,
  embedSchema,
  embedding,
  isEmbedder,
  json,
  listed,
  nameSchema,
  ndjson,
  tagged,
  writeRequest,
} from './wire.ts'

export type { Counters, Fault, ReplyFunction, StandInRequest }

export interface StandInOptions {
  /** 0 for any free one. Always on loopback. */
  port?: number
  models?: string[]
  contextLength?: number
  reply?: ReplyFunction
  fault?: Fault
  /** Pause between pieces of a reply when the fault is `slow`. */
  slowMs?: number
  retryAfterSeconds?: number
}

export interface OllamaStandIn {
  url: string
  port: number
  counters: Counters
  /** Every request to write, in order. */
  requests: StandInRequest[]
  setFault(fault: Fault, times?: number): void
  /** Resolves as soon as the counters are as wanted. */
  until(wanted: (counters: Counters) => boolean): Promise<void>
  close(): Promise<void>
}

const controlSchema = z.object({ fault: z.enum(FAULTS), times: z.number().int().positive().optional() })

const sampled: ReplyFunction = ({ system, prompt, schema, seed }) => {
  const asked = schema === null ? {} : { schema: z.record(z.string(), z.json()).parse(schema) }
  return sampleReply({ system, prompt, seed, ...asked })
}

export async function startOllamaStandIn(options: StandInOptions = {}): Promise<OllamaStandIn> {
  const { contextLength = 32_768, reply = sampled, slowMs = 50, retryAfterSeconds = 2 } = options
  const models = new Set((options.models ?? ['llama3.2:3b']).map(tagged))
  const faults = new FaultSwitch()
  faults.set(options.fault ?? 'none')
  const counters: Counters = { calls: 0, finished: 0, aborted: 0, faults: 0, pulls: 0 }
  const requests: StandInRequest[] = []
  const waiting = new Set<() => void>()
  const count = (name: keyof Counters) => {
    counters[name] += 1
    for (const look of waiting) look()
  }

  async function write(
    endpoint: StandInRequest['endpoint'],
    body: unknown,
    response: ServerResponse,
  ): Promise<void> {
    const request = writeRequest(endpoint, body)
    count('calls')
    requests.push(request)
    const fault = faults.take()
    response.on('close', () => {
      if (!response.writableEnded && fault !== 'dropped-stream') count('aborted')
    })
    if (fault !== 'none') count('faults')
    if (fault === 'model-missing' || !models.has(tagged(request.model))) {
      return json(response, 404, { error: `model '${request.model}' not found` })
    }
    if (fault === 'overloaded') {
      response.setHeader('retry-after', String(retryAfterSeconds))
      return json(response, 503, {
        error: 'server busy, please try again. maximum pending requests exceeded',
      })
    }
    if (fault === 'refused') return json(response, 400, { error: `"${request.model}" does not support chat` })
    if (fault === 'server-error') return json(response, 500, { error: 'model requires more system memory' })
    if (await answer(request, response, fault, reply, fault === 'slow' ? slowMs : 0)) count('finished')
  }

  async function pull(body: unknown, response: ServerResponse): Promise<void> {
    const { model, name, stream } = nameSchema.parse(body)
    const wanted = tagged(model ?? name ?? '')
    count('pulls')
    if (wanted.startsWith('missing')) {
      const error = { error: 'pull model manifest: file does not exist' }
      return stream ? ndjson(response, [error]) : json(response, 500, error)
    }
    models.add(wanted)
    if (!stream) return json(response, 200, { status: 'success' })
    const digest = 'sha256:0000'
    const total = 2_000
    ndjson(response, [
      { status: 'pulling manifest' },
      ...[0, 1_000, 2_000].map((completed) => ({ status: 'pulling 0000', digest, total, completed })),
      { status: 'verifying sha256 digest' },
      { status: 'writing manifest' },
      { status: 'success' },
    ])
  }

  function show(body: unknown, response: ServerResponse): void {
    const { model, name } = nameSchema.parse(body)
    const wanted = tagged(model ?? name ?? '')
    if (!models.has(wanted)) return json(response, 404, { error: `model '${wanted}' not found` })
    json(response, 200, {
      modelfile: `FROM ${wanted}`,
      parameters: '',
      template: '{{ .Prompt }}',
      details: detailsOf(wanted),
      model_info: { 'general.architecture': 'llama', 'llama.context_length': contextLength },
      capabilities: isEmbedder(wanted) ? ['embedding'] : ['completion'],
    })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://stand-in').pathname
    const route = `${request.method ?? 'GET'} ${path}`
    if (route === 'GET /control') return json(response, 200, { ...counters, fault: faults.fault })
    const body: unknown = request.method === 'POST' ? JSON.parse(await textOf(request)) : null
    if (route === 'POST /control') {
      const { fault, times } = controlSchema.parse(body)
      faults.set(fault, times)
      return json(response, 200, counters)
    }
    if (faults.fault === 'down' && faults.take() === 'down') {
      count('faults')
      return void request.socket.destroy()
    }
    if (route === 'GET /') return void response.end('Ollama is running')
    if (route === 'GET /api/version') return json(response, 200, { version: '0.12.0' })
    if (route === 'GET /api/tags') return json(response, 200, { models: [...models].map(listed) })
    if (route === 'POST /api/show') return show(body, response)
    if (route === 'POST /api/chat') return write('chat', body, response)
    if (route === 'POST /api/generate') return write('generate', body, response)
    if (route === 'POST /api/pull') return pull(body, response)
    if (route === 'POST /api/embed') {
      const { model, input } = embedSchema.parse(body)
      const inputs = Array.isArray(input) ? input : [input]
      return json(response, 200, {
        model,
        embeddings: inputs.map(embedding),
        prompt_eval_count: inputs.length,
      })
    }
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error)
      if (response.headersSent) response.destroy()
      else json(response, 400, { error: problem })
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    counters,
    requests,
    setFault: (fault, times) => faults.set(fault, times),
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (!wanted(counters)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const standIn = await startOllamaStandIn({ port: Number(process.argv[2] ?? 11_434) })
  process.stdout.write(`${standIn.url}\n`)
}
