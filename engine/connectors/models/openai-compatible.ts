import { z } from 'zod'
import type { Piece, Protocol } from './hosted.ts'

/** `POST /chat/completions` as OpenAI, llama.cpp, vLLM and LM Studio have it. */
export const openAiCompatible: Protocol = {
  provider: 'openai-compatible',
  base: (address) => (address.pathname === '/' ? new URL('/v1', address) : address),
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  listPath: '/models',

  ask: ({ model, system, prompt, schema, temperature, maxOutputTokens, seed }, without) => ({
    path: '/chat/completions',
    body: {
      model,
      messages: [
        ...(system === '' ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: prompt },
      ],
      stream: true,
      ...(without.has('stream_options') ? {} : { stream_options: { include_usage: true } }),
      ...(without.has('temperature') ? {} : { temperature }),
      ...(without.has('seed') ? {} : { seed }),
      [without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: maxOutputTokens,
      ...(schema
        ? {
            response_format: {
              type: 'json_schema',
              json_schema: { name: 'reply', schema, strict: isStrict(schema) },
            },
          }
        : {}),
    },
  }),

  read(event) {
    const found = chunkSchema.safeParse(event)
    if (!found.success) return null
    const { choices, usage } = found.data
    const { delta, finish_reason: reason } = choices[0] ?? {}
    const refusal = delta?.refusal
    return {
      ...(delta?.content ? { text: delta.content } : {}),
      ...(usage ? { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens ?? 0 } : {}),
      ...(refusal ? { end: { declined: refusal } } : reason ? { end: endOf(reason) } : {}),
    }
  },

  models(reply) {
    const found = listSchema.safeParse(reply)
    if (!found.success) return null
    return found.data.data
      .filter(({ id }) => !NO_WRITER.test(id))
      .map(({ id }) => ({ name: id, sizeBytes: null }))
  },
}

const NO_WRITER = /embed|minilm|\bbge\b|rerank|whisper|\btts\b|dall-e|moderation|transcribe|gpt-image/i

const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z
        .object({ content: z.string().nullish(), refusal: z.string().nullish() })
        .nullish()
        .transform((delta) => delta ?? undefined),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number().optional() }).nullish(),
})
const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) })

function endOf(reason: string): NonNullable<Piece['end']> {
  if (reason === 'stop') return 'complete'
  return reason === 'length' ? 'length' : { declined: reason }
}

/** OpenAI follows a schema to the letter only where every property is required and no others are allowed. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (typeof schema !== 'object' || schema === null) return true
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    const required = 'required' in schema && Array.isArray(schema.required) ? schema.required : []
    if (!('additionalProperties' in schema) || schema.additionalProperties !== false) return false
    if (!Object.keys(schema.properties).every((name) => required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
}
