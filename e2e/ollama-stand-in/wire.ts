/** Requests and replies as Ollama's API reference states them. */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { StandInRequest } from './chat.ts'

const optionsSchema = z.looseObject({
  seed: z.number().optional(),
  num_predict: z.number().optional(),
  num_ctx: z.number().optional(),
})
const writeSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string() })).default([]),
  system: z.string().default(''),
  prompt: z.string().default(''),
  stream: z.boolean().default(true),
  format: z.union([z.literal('json'), z.literal(''), z.record(z.string(), z.unknown())]).nullish(),
  options: optionsSchema.default({}),
})
export const nameSchema = z.looseObject({
  model: z.string().optional(),
  name: z.string().optional(),
  stream: z.boolean().default(true),
})
export const embedSchema = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string())]),
})

export function writeRequest(endpoint: StandInRequest['endpoint'], body: unknown): StandInRequest {
  const { model, messages, system, prompt, stream, format, options } = writeSchema.parse(body)
  const said = (role: string) =>
    messages.filter((message) => message.role === role).map(({ content }) => content)
  return {
    endpoint,
    model,
    system: endpoint === 'chat' ? said('system').join('\n') : system,
    prompt: endpoint === 'chat' ? said('user').join('\n') : prompt,
    schema: typeof format === 'object' && format !== null ? format : null,
    seed: options.seed ?? 0,
    numPredict: options.num_predict ?? -1,
    numCtx: options.num_ctx ?? 4_096,
    stream,
  }
}

export const tagged = (name: string): string => (name.includes(':') ? name : `${name}:latest`)
export const isEmbedder = (name: string): boolean => name.includes('embed')
export const detailsOf = (name: string) => ({
  parent_model: '',
  format: 'gguf',
  family: isEmbedder(name) ? 'nomic-bert' : 'llama',
  families: [isEmbedder(name) ? 'nomic-bert' : 'llama'],
  parameter_size: '3.2B',
  quantization_level: 'Q4_K_M',
})
export const listed = (name: string) => ({
  name,
  model: name,
  modified_at: '2026-01-01T00:00:00Z',
  size: 2_019_393_189,
  digest: 'a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72',
  details: detailsOf(name),
})
export const embedding = (text: string): number[] =>
  [0, 1, 2, 3].map((turn) =>
    Math.sin(turn + Array.from(text).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)),
  )

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

export function ndjson(response: ServerResponse, lines: unknown[]): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  for (const line of lines) response.write(`${JSON.stringify(line)}\n`)
  response.end()
}
